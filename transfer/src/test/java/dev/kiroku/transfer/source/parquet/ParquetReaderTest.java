package dev.kiroku.transfer.source.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads files that pyarrow 26.0.1 wrote with {@code make.py}, and damaged ones. */
class ParquetReaderTest {
    private static final List<String> COLUMNS = List.of(
            "int",
            "small",
            "double",
            "float",
            "text",
            "bool",
            "decimal",
            "millis",
            "micros",
            "list.list.element",
            "group.name",
            "missing");
    private static final long START = 1_740_787_200_000L;

    @TempDir
    private Path folder;

    private static Path file(String name) throws Exception {
        return Path.of(ParquetReaderTest.class
                .getResource("/parquet/" + name + ".parquet")
                .toURI());
    }

    private static List<List<Object>> read(Path file) throws IOException {
        List<List<Object>> rows = new ArrayList<>();
        try (ParquetReader reader = new ParquetReader(file)) {
            reader.read(COLUMNS, values -> rows.add(Arrays.asList(values)));
        }
        return rows;
    }

    private static List<Object> row(int i) {
        List<String> items = new ArrayList<>();
        for (int j = 0; j < i % 4 && i % 5 != 0; j++) {
            items.add("x" + j);
        }
        return Arrays.asList(
                i % 7 == 0 ? null : (Long) (long) i,
                (long) (i % 100),
                i % 3 == 0 ? null : (Double) (i / 8.0),
                i / 4.0,
                i % 2 == 0 ? null : "é".repeat(i % 5),
                i % 4 == 0,
                i / 4.0,
                START + i,
                START + i,
                items,
                "g" + i % 3,
                null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "plain", "gzip", "v2", "pages", "v2-plain"})
    void readsAllRows(String name) throws Exception {
        List<List<Object>> rows = read(file(name));
        assertEquals(1000, rows.size());
        for (int i = 0; i < rows.size(); i++) {
            assertEquals(row(i), rows.get(i), "row " + i);
        }
    }

    @Test
    void namesWhatItDoesNotRead() throws Exception {
        IOException refusal = assertThrows(IOException.class, () -> read(file("zstd")));
        assertTrue(refusal.getMessage().contains("neither Snappy nor gzip"), refusal.getMessage());
        Path text = Files.writeString(folder.resolve("text.parquet"), "no Parquet file at all");
        assertTrue(
                assertThrows(IOException.class, () -> read(text)).getMessage().contains("not a Parquet file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "v2", "gzip"})
    void damagedFilesFail(String name) throws Exception {
        byte[] bytes = Files.readAllBytes(file(name));
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = i % 10 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
            for (int n = 0; n < 4 && damaged.length > 8; n++) {
                // Half of the changes are in the metadata.
                int from = n % 2 == 0 ? 0 : damaged.length * 3 / 4;
                damaged[from + random.nextInt(damaged.length - from)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("damaged.parquet"), damaged);
            try {
                read(file);
            } catch (IOException e) {
                assertTrue(e.getMessage() != null, "with a reason");
            }
        }
    }
}
