package dev.kiroku.transfer.source.files;

import dev.kiroku.model.tracking.Metric;
import dev.kiroku.transfer.source.PointCollector;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file with the points of a metric, a line each: time, value, step, and perhaps name and digest of a dataset. In the folder of a logged model
 * the run is before the dataset. The first releases wrote no step.
 */
record MetricFile(String key, Path file, Problems problems) {
    /** A line that is complete and makes sense. */
    private record Line(long timestamp, double value, long step, String[] rest) {}

    private interface LineConsumer {
        void accept(Line line);
    }

    /** Adds the points of a run, while the file is read. */
    void read(String runId, PointCollector points) {
        readLines(line -> points.add(runId, key, line.timestamp, line.step, line.value));
    }

    /** Passes the points of a logged model, with their runs and datasets. */
    void readOfModel(String modelId, Consumer<Metric> consumer) {
        readLines(line -> {
            String[] rest = line.rest;
            int dataset = rest.length % 2; // after the run, if there is one
            consumer.accept(new Metric(
                    key,
                    line.value,
                    line.timestamp,
                    line.step,
                    part(rest, dataset),
                    part(rest, dataset + 1),
                    modelId,
                    dataset == 1 ? rest[0] : null));
        });
    }

    private static @Nullable String part(String[] parts, int index) {
        return index < parts.length ? parts[index] : null;
    }

    private void readLines(LineConsumer consumer) {
        boolean complete = endsWithLineFeed();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            long number = 0;
            String line = lines.readLine();
            while (line != null) {
                number++;
                String next = lines.readLine();
                // A writer that was interrupted leaves the begin of a line, which can look like a shorter number.
                Line parsed = next == null && !complete ? null : parse(line);
                if (parsed != null) {
                    consumer.accept(parsed);
                } else if (!line.isBlank()) {
                    problems.add(file + ", line " + number + " is left out: it is "
                            + (next == null && !complete ? "incomplete." : "damaged."));
                }
                line = next;
            }
        } catch (IOException e) {
            problems.add(file + " is left out from some line on: " + e.getMessage() + ".");
        }
    }

    private boolean endsWithLineFeed() {
        try (var channel = Files.newByteChannel(file)) {
            if (channel.size() == 0) {
                return true;
            }
            channel.position(channel.size() - 1);
            var last = java.nio.ByteBuffer.allocate(1);
            return channel.read(last) == 1 && last.get(0) == '\n';
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Line parse(String line) {
        String[] parts = line.strip().split(" ");
        if (parts.length < 2 || parts.length > 6) {
            return null;
        }
        try {
            long step = parts.length == 2 ? 0 : Long.parseLong(parts[2]);
            String[] rest = parts.length <= 3 ? new String[0] : Arrays.copyOfRange(parts, 3, parts.length);
            return new Line(Long.parseLong(parts[0]), parseValue(parts[1]), step, rest);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Parses a number as Python writes it. */
    private static double parseValue(String text) {
        return switch (text) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "True" -> 1;
            case "False" -> 0;
            default -> Double.parseDouble(text);
        };
    }
}
