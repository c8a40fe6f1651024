package dev.kiroku.transfer.source.history;

import dev.kiroku.transfer.source.JsonFields;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.parquet.ParquetReader;
import dev.kiroku.transfer.source.tracker.JsonParams;
import dev.kiroku.transfer.source.tracker.MetricWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The file with the history in the folder of a run, of one of three formats. Columns {@code _step} and {@code _timestamp} (seconds since 1970, or a
 * time as of ISO 8601) say when a row was logged; a row without a step has the number of the row. Other names that begin with {@code _} are left out.
 */
record HistoryFile(Path folder, Problems problems) {
    private static final String STEP = "_step";
    private static final String TIMESTAMP = "_timestamp";
    private static final int MAX_COLUMNS = 100_000;

    interface Listener {
        /** Called for a value; the time is in milliseconds since 1970. */
        default void onPoint(String name, long timestamp, long step, double value) {}

        /** Called for a value that is no number. */
        default void onText() {}
    }

    /**
     * Passes the values.
     *
     * @param startTime for rows without a time
     */
    void read(long startTime, Listener listener) {
        Rows rows = new Rows(startTime, listener);
        for (String name : List.of("history.jsonl", "history.json", "history.csv", "history.parquet")) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                try {
                    read(file, rows);
                } catch (IOException e) {
                    problems.add(file + " is left out from row " + (rows.number + 1) + " on: " + e.getMessage() + ".");
                }
                return;
            }
        }
    }

    private static void read(Path file, Rows rows) throws IOException {
        String name = file.toString();
        if (name.endsWith(".csv")) {
            readCsv(file, rows);
        } else if (name.endsWith(".parquet")) {
            readParquet(file, rows);
        } else {
            readJson(file, rows);
        }
    }

    /** The rows of a file, whose values are set one after the other. */
    private static final class Rows {
        private final long startTime;
        private final Listener listener;
        private final Map<String, Object> values = new HashMap<>();
        private long number;

        Rows(long startTime, Listener listener) {
            this.startTime = startTime;
            this.listener = listener;
        }

        /** Sets a value of the row: a number, boolean or text; others are ignored. */
        void set(String name, @Nullable Object value) throws IOException {
            if (value != null) {
                values.put(name, value);
            }
            if (values.size() > MAX_COLUMNS) {
                throw new IOException("it has more than " + MAX_COLUMNS + " values");
            }
        }

        void end() {
            Double step = number(values.remove(STEP));
            Object time = values.remove(TIMESTAMP);
            Double seconds = number(time);
            long timestamp = seconds != null
                    ? MetricWriter.millis(seconds)
                    : time instanceof String text ? HistoryRun.time(text) : startTime;
            long row = step == null ? number : step.longValue();
            values.forEach((name, value) -> {
                Double value2 = number(value);
                if (name.startsWith("_")) {
                    return;
                }
                if (value2 == null) {
                    listener.onText();
                } else {
                    listener.onPoint(name, timestamp, row, value2);
                }
            });
            values.clear();
            number++;
        }

        private static @Nullable Double number(@Nullable Object value) {
            return switch (value) {
                case Number number -> (Double) number.doubleValue();
                case Boolean bool -> (Double) (bool ? 1.0 : 0.0);
                case String text -> parse(text);
                case null, default -> null;
            };
        }

        private static @Nullable Double parse(String text) {
            if (text.isEmpty() || text.length() > 40) {
                return null;
            }
            try {
                return switch (text) {
                    case "True", "true" -> (Double) 1.0;
                    case "False", "false" -> (Double) 0.0;
                    default -> (Double) JsonFields.parseDouble(text);
                };
            } catch (NumberFormatException e) {
                return null;
            }
        }
    }

    private static void readJson(Path file, Rows rows) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                JsonParser parser = JsonParams.JSON.createParser(in)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_OBJECT) {
                    readObject(parser, "", rows);
                    rows.end();
                } else if (token != JsonToken.START_ARRAY && token != JsonToken.END_ARRAY) {
                    throw new IOException("it has values that are no JSON objects");
                }
            }
        } catch (JacksonException e) {
            throw new IOException("it is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void readObject(JsonParser parser, String prefix, Rows rows) throws IOException {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = prefix + parser.currentName();
            switch (parser.nextToken()) {
                case START_OBJECT -> readObject(parser, name + ".", rows);
                case START_ARRAY -> parser.skipChildren();
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> rows.set(name, parser.getDoubleValue());
                case VALUE_TRUE, VALUE_FALSE -> rows.set(name, parser.getBooleanValue());
                case VALUE_STRING -> rows.set(name, parser.getString());
                default -> {}
            }
        }
    }

    private static void readCsv(Path file, Rows rows) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(file)) {
            CsvReader csv = new CsvReader(in);
            List<String> names = csv.next();
            if (names == null) {
                return;
            }
            for (List<String> row = csv.next(); row != null; row = csv.next()) {
                for (int i = 0; i < Math.min(names.size(), row.size()); i++) {
                    rows.set(names.get(i), row.get(i).isEmpty() ? null : row.get(i));
                }
                rows.end();
            }
        }
    }

    private static void readParquet(Path file, Rows rows) throws IOException {
        try (ParquetReader reader = new ParquetReader(file)) {
            List<String> names = reader.columnNames();
            reader.read(names, values -> {
                for (int i = 0; i < values.length; i++) {
                    rows.set(names.get(i), values[i] instanceof List<?> ? null : values[i]);
                }
                rows.end();
            });
        }
    }
}
