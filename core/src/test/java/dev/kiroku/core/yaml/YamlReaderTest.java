package dev.kiroku.core.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlReaderTest {
    @Test
    void readsPlainValues() {
        assertEquals(
                Map.of("a", 1, "b", List.of(true, "x"), "c", Map.of("d", 1.5)),
                YamlReader.parse("The text", "a: 1\nb: [true, x]\nc: {d: 1.5}\n"));
        assertNull(YamlReader.parse("The text", "# nothing\n"));
    }

    @Test
    void aliasesStandForWhatTheyName() {
        assertEquals(
                Map.of("a", List.of(1), "b", List.of(List.of(1), List.of(1), 2), "c", 2),
                YamlReader.parse("The text", "a: &x [1]\nb: [*x, *x, &y 2]\nc: *y\n"));
    }

    static Stream<Arguments> excesses() {
        return Stream.of(
                excess("flow sequences", "[".repeat(10_000) + "]".repeat(10_000), "nested more than 100 levels"),
                excess("unended sequences", "[".repeat(10_000), "nested more than 100 levels"),
                excess(
                        "flow mappings",
                        "{a: ".repeat(10_000) + "1" + "}".repeat(10_000),
                        "nested more than 100 levels"),
                excess("block sequences", "- ".repeat(10_000) + "1", "nested more than 100 levels"),
                excess("complex keys", "? ".repeat(10_000) + "1", "nested more than 100 levels"),
                excess("nesting through aliases", chain(i -> "[*a" + i + "]", 10_000), "nested more than 100 levels"),
                excess("many keys", keys(250_000), "more than 50000 values"),
                excess("many items", "[" + "1,".repeat(250_000) + "]", "more than 50000 values"),
                excess("doubled aliases", chain(i -> "[*a" + i + ",*a" + i + "]", 40), "more than 50000 values"),
                excess("a list that contains itself", "&a [*a]", "the alias *a stands for nothing"),
                excess("an unknown alias", "[*b]", "the alias *b stands for nothing"),
                excess("a long text", "a: " + "x".repeat(YamlReader.MAX_BYTES), "limit"),
                excess("another document", "a: 1\n--- \nb: 2", "another document"),
                excess("an unended text", "a: 'x", "unexpected end of stream"),
                excess("a class", "!!java.net.URL x", "could not determine a constructor"));
    }

    private static Arguments excess(String name, String text, String reason) {
        return Arguments.of(Named.of(name, text), reason);
    }

    private static String chain(Function<Integer, String> link, int length) {
        List<String> links = new ArrayList<>(List.of("&a0 [1]"));
        for (int i = 1; i < length; i++) {
            links.add("&a" + i + " " + link.apply(i - 1));
        }
        return "- " + String.join("\n- ", links);
    }

    private static String keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + ": 1").collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @MethodSource("excesses")
    void excessIsReportedInOneLine(String text, String reason) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> YamlReader.parse("The text", text));
        assertTrue(
                refusal.getMessage().startsWith("The text is not YAML: ")
                        && refusal.getMessage().contains(reason),
                refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
    }

    @ParameterizedTest
    @MethodSource("excesses")
    void eventsHaveTheSameLimits(String text, String reason) {
        if (reason.matches("nested.*|more than.*|the alias.*")) {
            KirokuException refusal =
                    assertThrows(KirokuException.class, () -> YamlReader.parseEvents("The text", text, _ -> {}));
            assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        }
    }

    @Test
    void fileThatCannotBeReadIsReportedWithTheReason(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("x.yaml");
        assertReason("it does not exist", file);
        assertReason("Is a directory", folder);
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
        assertReason("it is not text in UTF-8", file);
        Files.write(file, new byte[YamlReader.MAX_BYTES + 1]);
        assertReason("is larger than 3 MiB", file);
        Files.writeString(file, "a: b");
        assertEquals(Map.of("a", "b"), YamlReader.read("The file", file));
    }

    private static void assertReason(String reason, Path file) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> YamlReader.read("The file", file));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
}
