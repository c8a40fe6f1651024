package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.InputColumn;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.PythonJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The input of a model: rows of numbers, and the forms of requests in which an engine accepts them.
 *
 * @param shape the dimensions of a row; the number of features for models of data frames
 * @param columnNames the columns of data frames, in order; null when any names are accepted
 * @param acceptsTensors whether requests with {@code inputs} or {@code instances} are accepted
 * @param acceptsFrames whether data frames are accepted
 * @param acceptsIntegers whether integers are accepted and converted to floating-point numbers
 * @param float32 whether the model converts its input to 32-bit floats
 * @param zeroThreshold numbers whose absolute value is not larger count as 0
 */
record FeatureSpec(
        List<Integer> shape,
        @Nullable List<String> columnNames,
        boolean acceptsTensors,
        boolean acceptsFrames,
        boolean acceptsIntegers,
        boolean float32,
        double zeroThreshold) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long MAX_EXACT_LONG = 1L << 53;

    /** Reads the description that {@code kiroku_worker/features.py} writes. */
    static FeatureSpec fromJson(JsonNode json) {
        List<Integer> shape = new ArrayList<>();
        json.path("shape").forEach(size -> shape.add(size.asInt()));
        return new FeatureSpec(
                List.copyOf(shape),
                json.path("column_names").isNull() ? null : readStrings(json.path("column_names")),
                json.path("accepts_tensors").asBoolean(),
                json.path("accepts_frames").asBoolean(),
                json.path("accepts_integers").asBoolean(),
                json.path("float32").asBoolean(),
                json.path("zero_threshold").asDouble());
    }

    static List<String> readStrings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(element -> strings.add(element.asString()));
        return List.copyOf(strings);
    }

    /** Returns the number of numbers in a row. */
    int featureCount() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Returns the numbers of all rows, one row after another; null when Python has to answer the request. */
    double @Nullable [] readRows(InputTable table) {
        return switch (table) {
            case InputTable.DataFrame frame -> readFrame(frame);
            case InputTable.Tensor tensor -> readTensor(tensor);
        };
    }

    private double @Nullable [] readFrame(InputTable.DataFrame frame) {
        int count = featureCount();
        if (!acceptsFrames || frame.columns().size() != count) {
            return null;
        }
        if (columnNames != null && !columnNames.equals(frame.layout().columnNames())) {
            return null;
        }
        double[] rows = new double[Math.multiplyExact(frame.rows(), count)];
        for (int feature = 0; feature < count; feature++) {
            if (!copy(frame.columns().get(feature), rows, feature, count)) {
                return null;
            }
        }
        return rows;
    }

    private double @Nullable [] readTensor(InputTable.Tensor tensor) {
        if (!acceptsTensors || !tensor.layout().rowShape().equals(shape)) {
            return null;
        }
        double[] rows = new double[Math.multiplyExact(tensor.rows(), featureCount())];
        return copy(tensor.values(), rows, 0, 1) ? rows : null;
    }

    /**
     * Converts a column as numpy does.
     *
     * @return false for values that become infinite, which each library rejects with its own message, and for other types than numbers
     */
    private boolean copy(InputColumn column, double[] rows, int from, int step) {
        int index = from;
        switch (column) {
            case InputColumn.Doubles doubles -> {
                for (double value : doubles.values()) {
                    double converted = float32 ? (float) value : value;
                    if (Double.isInfinite(converted)) {
                        return false;
                    }
                    rows[index] = Math.abs(converted) <= zeroThreshold ? 0 : converted;
                    index += step;
                }
            }
            case InputColumn.Longs longs -> {
                for (long value : longs.values()) {
                    if (!acceptsIntegers || Math.abs(value) > MAX_EXACT_LONG) {
                        return false;
                    }
                    rows[index] = float32 ? (float) value : value;
                    index += step;
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Predicts one row and appends the prediction. */
    interface RowWriter {
        /** @param offset the index of the row's first feature */
        void append(StringBuilder json, double[] rows, int offset);
    }

    /** Returns the response of a model that predicts row by row; empty when Python has to answer the request. */
    Optional<byte[]> predictRowByRow(InputTable table, RowWriter writer) {
        double[] rows = readRows(table);
        if (rows == null) {
            return Optional.empty();
        }
        int count = featureCount();
        StringBuilder json = new StringBuilder(24 + table.rows() * 20).append("{\"predictions\": [");
        for (int row = 0; row < table.rows(); row++) {
            json.append(row == 0 ? "" : ", ");
            writer.append(json, rows, row * count);
        }
        return Optional.of(json.append("]}").toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Creates request bodies in every form that is accepted.
     *
     * @param feature returns the values of features, by index in the row
     * @param rows the number of rows in each body
     */
    List<String> createExampleBodies(IntToDoubleFunction feature, int rows) {
        StringBuilder data = new StringBuilder();
        appendArray(data, feature, rows, 0, 0);
        List<String> bodies = new ArrayList<>();
        if (acceptsTensors) {
            bodies.addAll(List.of("{\"inputs\": " + data + "}", "{\"instances\": " + data + "}"));
        }
        if (acceptsFrames) {
            List<String> names = columnNames != null
                    ? columnNames
                    : IntStream.range(0, featureCount()).mapToObj(f -> "c" + f).toList();
            bodies.add("{\"dataframe_split\": {\"columns\": " + JSON.writeValueAsString(names) + ", \"data\": " + data
                    + "}}");
        }
        return bodies;
    }

    private void appendArray(StringBuilder json, IntToDoubleFunction feature, int length, int depth, int from) {
        json.append('[');
        int elementSize = shape.subList(depth, shape.size()).stream().reduce(1, Math::multiplyExact);
        for (int i = 0; i < length; i++) {
            json.append(i == 0 ? "" : ", ");
            int index = depth == 0 ? 0 : from + i * elementSize;
            if (depth == shape.size()) {
                PythonJson.appendDouble(json, feature.applyAsDouble(index));
            } else {
                appendArray(json, feature, shape.get(depth), depth + 1, index);
            }
        }
        json.append(']');
    }
}
