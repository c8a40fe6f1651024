package dev.kiroku.transfer.source.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.kiroku.core.tracking.Validation;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.api.JsonPath;
import dev.kiroku.model.tracking.Metric;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Names and values of other trackers become those that MLflow's clients and databases accept. */
class RunBuilderTest {
    @Test
    void namesAreValidAndStable() {
        KeyNames names = new KeyNames();
        Map<String, String> expected = Map.of(
                "loss", "loss",
                "acc (top 1)", "acc _top 1_",
                "学習率", "学習率",
                "../../etc/passwd", "__/__/etc/passwd",
                "/a//b/./c/", "a/b/_/c",
                "..x", "_.x",
                "\0", "_");
        expected.forEach((name, converted) -> {
            assertEquals(converted, names.convert(name).orElseThrow());
            Validation.requireMetric(new Metric(converted, 1, 1, 1), JsonPath.ROOT);
        });
        assertEquals("a_b", names.convert("a(b").orElseThrow());
        String other = names.convert("a)b").orElseThrow();
        assertNotEquals("a_b", other);
        assertEquals(other, names.convert("a)b").orElseThrow());
        String longName = names.convert("x".repeat(1000)).orElseThrow();
        assertEquals(250, longName.length());
        assertEquals(250, names.convert("x".repeat(1001)).orElseThrow().length());
    }

    @Test
    void valuesAreCutAndCleaned() {
        LeftRecords left = new LeftRecords();
        RunBuilder run = new RunBuilder("r", left);
        run.param("p", "a\0b\ud800c");
        run.param("long", "é".repeat(7000));
        run.tag("emoji", "😀".repeat(5000));
        RunRecord record = run.build(1, 0);
        assertEquals("a\ufffdb\ufffdc", record.params().getFirst().value());
        assertEquals(6000, record.params().get(1).value().length());
        assertEquals("😀".repeat(4000), record.tags().getFirst().value());
        assertEquals(
                List.of("params that are cut after 6000 characters: 1", "tags that are cut after 8000 characters: 1"),
                left.all());
    }

    @Test
    void numbersAreWrittenAsInPython() {
        Map.of(
                        1e-5,
                        "1e-05",
                        0.25,
                        "0.25",
                        3.0,
                        "3.0",
                        1e16,
                        "1e+16",
                        123456789.0,
                        "123456789.0",
                        1.5e-7,
                        "1.5e-07",
                        0.001,
                        "0.001")
                .forEach((number, text) -> assertEquals(text, Numbers.format(number)));
        assertEquals("-0.0", Numbers.format(-0.0));
        assertEquals("nan", Numbers.format(Double.NaN));
        assertEquals("3", Numbers.formatShort(3.0));
    }
}
