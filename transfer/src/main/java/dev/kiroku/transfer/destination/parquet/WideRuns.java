package dev.kiroku.transfer.destination.parquet;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Metric;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The table with a column for each metric, param and tag. Its columns are known when all runs are, so the runs are kept in a temporary file
 * meanwhile.
 */
final class WideRuns implements AutoCloseable {
    private final Path spool;
    private final DataOutputStream out;
    private final TreeSet<String> metrics = new TreeSet<>();
    private final TreeSet<String> params = new TreeSet<>();
    private final TreeSet<String> tags = new TreeSet<>();
    private long rows;

    WideRuns(Path spool) throws IOException {
        this.spool = spool;
        this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(spool), 1 << 16));
    }

    void add(RunRecord run, String experiment, Collection<Metric> latest) throws IOException {
        writeText(run.id());
        out.writeLong(run.experimentId());
        writeText(experiment);
        writeText(run.name());
        writeText(run.userId());
        writeText(run.status().name());
        writeText(run.stage().wireName());
        out.writeLong(run.startTime());
        out.writeLong(run.endTime() == null ? Long.MIN_VALUE : run.endTime());
        writeText(run.artifactUri());
        out.writeInt(latest.size());
        for (Metric metric : latest) {
            metrics.add(metric.key());
            writeText(metric.key());
            out.writeDouble(metric.value());
        }
        writeValues(run.params(), params);
        writeValues(run.tags(), tags);
        rows++;
    }

    private void writeValues(List<KeyValue> values, TreeSet<String> names) throws IOException {
        out.writeInt(values.size());
        for (KeyValue value : values) {
            names.add(value.key());
            writeText(value.key());
            writeText(value.value());
        }
    }

    private void writeText(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Writes the table. No row can be added then. */
    void writeTo(Path file) throws IOException {
        out.close();
        List<ParquetColumn> columns = new ArrayList<>();
        for (String attribute : List.of(
                "run_id", "experiment_name", "run_name", "user_id", "status", "lifecycle_stage", "artifact_uri")) {
            columns.add(new ParquetColumn(attribute, ParquetColumn.Type.TEXT));
        }
        columns.add(new ParquetColumn("experiment_id", ParquetColumn.Type.LONG));
        columns.add(new ParquetColumn("start_time", ParquetColumn.Type.TIME));
        columns.add(new ParquetColumn("end_time", ParquetColumn.Type.TIME));
        metrics.forEach(key -> columns.add(new ParquetColumn("metrics." + key, ParquetColumn.Type.DOUBLE)));
        params.forEach(key -> columns.add(new ParquetColumn("params." + key, ParquetColumn.Type.TEXT)));
        tags.forEach(key -> columns.add(new ParquetColumn("tags." + key, ParquetColumn.Type.TEXT)));
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            places.put(columns.get(i).name(), i);
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(spool), 1 << 16));
                ParquetWriter writer = new ParquetWriter(file, columns)) {
            for (long i = 0; i < rows; i++) {
                writer.add(readRow(in, places));
            }
        }
    }

    private static @Nullable Object[] readRow(DataInputStream in, Map<String, Integer> places) throws IOException {
        @Nullable Object[] row = new Object[places.size()];
        row[place(places, "run_id")] = readText(in);
        row[place(places, "experiment_id")] = in.readLong();
        for (String attribute : List.of("experiment_name", "run_name", "user_id", "status", "lifecycle_stage")) {
            row[place(places, attribute)] = readText(in);
        }
        row[place(places, "start_time")] = in.readLong();
        long end = in.readLong();
        row[place(places, "end_time")] = end == Long.MIN_VALUE ? null : Long.valueOf(end);
        row[place(places, "artifact_uri")] = readText(in);
        int metrics = in.readInt();
        for (int i = 0; i < metrics; i++) {
            row[place(places, "metrics." + readText(in))] = in.readDouble();
        }
        for (String prefix : List.of("params.", "tags.")) {
            int values = in.readInt();
            for (int i = 0; i < values; i++) {
                row[place(places, prefix + readText(in))] = readText(in);
            }
        }
        return row;
    }

    private static int place(Map<String, Integer> places, String column) {
        return Objects.requireNonNull(places.get(column));
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        out.close();
        Files.deleteIfExists(spool);
    }
}
