package dev.kiroku.cli.remote;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunInfo;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes runs as CSV in the form of {@code mlflow experiments csv}: a row for each run, a column for each attribute, metric, param and tag. The
 * columns are known when all runs are, so the runs are kept in a temporary file meanwhile, and memory is needed for the names of columns only.
 */
public final class RunsCsv {
    private static final List<String> ATTRIBUTES =
            List.of("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxxx").withZone(ZoneOffset.UTC);

    private final JsonFormatter json = new JsonFormatter();
    private final Set<String> metrics = new LinkedHashSet<>();
    private final Set<String> params = new LinkedHashSet<>();
    private final Set<String> tags = new LinkedHashSet<>();

    /** Writes the runs in the order of the iterator. Lines end with a line feed. */
    public void write(Iterator<Run> runs, Appendable out) throws IOException {
        Path spool = Files.createTempFile("kiroku-", ".jsonl");
        try {
            try (BufferedWriter lines = Files.newBufferedWriter(spool)) {
                while (runs.hasNext()) {
                    Run run = runs.next();
                    addColumns(run);
                    lines.write(json.toJsonLine(run));
                    lines.write('\n');
                }
            }
            writeHeader(out);
            try (BufferedReader lines = Files.newBufferedReader(spool)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    writeRow(json.fromJsonLine(line, Run.class), out);
                }
            }
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    private void addColumns(Run run) {
        run.data().metrics().forEach(metric -> metrics.add(metric.key()));
        run.data().params().forEach(param -> params.add(param.key()));
        run.data().tags().forEach(tag -> tags.add(tag.key()));
    }

    private void writeHeader(Appendable out) throws IOException {
        out.append(String.join(",", ATTRIBUTES));
        for (String key : metrics) {
            out.append(',').append(quoted("metrics." + key));
        }
        for (String key : params) {
            out.append(',').append(quoted("params." + key));
        }
        for (String key : tags) {
            out.append(',').append(quoted("tags." + key));
        }
        out.append('\n');
    }

    private void writeRow(Run run, Appendable out) throws IOException {
        RunInfo info = run.info();
        out.append(String.join(
                ",",
                info.runId(),
                info.experimentId(),
                info.status().name(),
                quoted(info.artifactUri()),
                time(info.startTime()),
                time(info.endTime())));
        Map<String, Double> values = new HashMap<>();
        for (Metric metric : run.data().metrics()) {
            values.put(metric.key(), metric.value());
        }
        for (String key : metrics) {
            Double value = values.get(key);
            // As in MLflow, a value that is not a number cannot be told from no value.
            out.append(',').append(value == null || value.isNaN() ? "" : PythonFormat.number(value));
        }
        writeTexts(params, run.data().params(), out);
        writeTexts(tags, run.data().tags(), out);
        out.append('\n');
    }

    private static void writeTexts(Set<String> columns, List<KeyValue> entries, Appendable out) throws IOException {
        Map<String, String> values =
                entries.stream().collect(Collectors.toMap(KeyValue::key, KeyValue::value, (first, second) -> second));
        for (String key : columns) {
            out.append(',').append(quoted(values.getOrDefault(key, "")));
        }
    }

    private static String time(Long millis) {
        return millis == null ? "" : TIME.format(Instant.ofEpochMilli(millis));
    }

    private static String quoted(String text) {
        boolean special = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return special ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
