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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a model takes: rows of numbers, and in which forms of requests. Every other request is one for Python.
 *
 * @param shape of one row: the number of features, or the inner dimensions of a tensor
 * @param names of the columns; null when any will do
 * @param matrix whether tensors are taken
 * @param frames whether data frames are taken
 * @param whole whether whole numbers are taken where the model computes with broken ones
 * @param narrow whether the model sees 32-bit floats
 * @param zero what is no larger than this is 0 to the model
 */
record FeatureSpec(
        List<Integer> shape,
        List<String> columnNames,
        boolean acceptsTensors,
        boolean acceptsFrames,
        boolean acceptsIntegers,
        boolean float32,
        double zeroThreshold) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long MAX_EXACT_LONG = 1L << 53;

    /** @param json as {@code kiroku_worker/engines.py} writes it */
    static FeatureSpec fromJson(JsonNode json) {
        List<Integer> shape = new ArrayList<>();
        json.path("shape").forEach(size -> shape.add(size.asInt()));
        return new FeatureSpec(
                List.copyOf(shape),
                json.path("names").isNull() ? null : readStrings(json.path("names")),
                json.path("matrix").asBoolean(),
                json.path("frames").asBoolean(),
                json.path("whole").asBoolean(),
                json.path("narrow").asBoolean(),
                json.path("zero").asDouble());
    }

    static List<String> readStrings(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asString()));
        return List.copyOf(texts);
    }

    /** Numbers in a row. */
    int featureCount() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Row after row, or null when Python has to look at it. */
    double[] readRows(InputTable table) {
        return switch (table) {
            case InputTable.DataFrame frame -> readFrame(frame);
            case InputTable.Tensor tensor -> readTensor(tensor);
        };
    }

    private double[] readFrame(InputTable.DataFrame frame) {
        int count = featureCount();
        List<String> given = frame.layout().columnNames();
        if (!acceptsFrames || frame.columns().size() != count || columnNames != null && !columnNames.equals(given)) {
            return null;
        }
        double[] rows = new double[Math.multiplyExact(frame.rows(), count)];
        for (int f = 0; f < count; f++) {
            if (!copy(frame.columns().get(f), rows, f, count)) {
                return null;
            }
        }
        return rows;
    }

    private double[] readTensor(InputTable.Tensor tensor) {
        if (!acceptsTensors || !tensor.layout().rowShape().equals(shape)) {
            return null;
        }
        double[] rows = new double[Math.multiplyExact(tensor.rows(), featureCount())];
        return copy(tensor.values(), rows, 0, 1) ? rows : null;
    }

    /** As numpy makes floats of them; what becomes infinite is refused by most libraries, each in its own words. */
    private boolean copy(InputColumn column, double[] rows, int from, int step) {
        int at = from;
        switch (column) {
            case InputColumn.Doubles doubles -> {
                for (double value : doubles.values()) {
                    double seen = float32 ? (float) value : value;
                    if (Double.isInfinite(seen)) {
                        return false;
                    }
                    rows[at] = Math.abs(seen) <= zeroThreshold ? 0 : seen;
                    at += step;
                }
            }
            case InputColumn.Longs longs -> {
                for (long value : longs.values()) {
                    if (!acceptsIntegers || Math.abs(value) > MAX_EXACT_LONG) {
                        return false;
                    }
                    rows[at] = float32 ? (float) value : value;
                    at += step;
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Answers one row of numbers, which begins at {@code at}. */
    interface RowWriter {
        void append(StringBuilder json, double[] rows, int at);
    }

    /** The answer of a model whose rows do not know of each other; empty when Python has to look at the table. */
    Optional<byte[]> predictRowByRow(InputTable table, RowWriter answer) {
        double[] rows = readRows(table);
        if (rows == null) {
            return Optional.empty();
        }
        int count = featureCount();
        StringBuilder json = new StringBuilder(24 + table.rows() * 20).append("{\"predictions\": [");
        for (int row = 0; row < table.rows(); row++) {
            json.append(row == 0 ? "" : ", ");
            answer.append(json, rows, row * count);
        }
        return Optional.of(json.append("]}").toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Bodies with the same rows in every form that is taken. */
    List<String> createExampleBodies(IntToDoubleFunction feature, int rows) {
        StringBuilder data = new StringBuilder();
        append(data, feature, rows, 0, 0);
        List<String> bodies = new ArrayList<>();
        if (acceptsTensors) {
            bodies.addAll(List.of("{\"inputs\": " + data + "}", "{\"instances\": " + data + "}"));
        }
        if (acceptsFrames) {
            List<String> columns = columnNames != null
                    ? columnNames
                    : IntStream.range(0, featureCount()).mapToObj(f -> "c" + f).toList();
            bodies.add("{\"dataframe_split\": {\"columns\": " + JSON.writeValueAsString(columns) + ", \"data\": " + data
                    + "}}");
        }
        return bodies;
    }

    private void append(StringBuilder data, IntToDoubleFunction feature, int length, int depth, int from) {
        data.append('[');
        int inner = shape.subList(depth, shape.size()).stream().reduce(1, Math::multiplyExact);
        for (int i = 0; i < length; i++) {
            data.append(i == 0 ? "" : ", ");
            int at = depth == 0 ? 0 : from + i * inner;
            if (depth == shape.size()) {
                PythonJson.appendDouble(data, feature.applyAsDouble(at));
            } else {
                append(data, feature, shape.get(depth), depth + 1, at);
            }
        }
        data.append(']');
    }
}
