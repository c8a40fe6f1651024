package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.Column;
import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.protocol.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decision trees and forests of scikit-learn, from the plain numbers that {@code kiroku_worker/trees.py} reads off the fitted model: no
 * pickle is opened here. Features are compared as 32-bit floats with 64-bit thresholds, and votes are added up tree after tree, as
 * scikit-learn does, so that results are equal to the last bit.
 */
public final class TreeEngine implements NativeEngine {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long EXACT = 1L << 53;

    /**
     * All trees in one: nodes by number, children relative to the whole.
     *
     * @param feature -1 for a leaf
     * @param value where a leaf's numbers begin in {@code values}
     */
    private record Nodes(int[] feature, double[] threshold, int[] left, int[] right, int[] value, double[] values, int[] roots) {}

    private final boolean single;
    private final int features;
    private final List<String> names;
    private final boolean matrix;
    private final boolean frames;
    private final List<String> labels;
    private final int width;
    private final Nodes nodes;

    private TreeEngine(JsonNode model) {
        single = model.path("single").asBoolean();
        features = model.path("features").asInt();
        names = model.path("names").isNull() ? null : texts(model.path("names"));
        matrix = model.path("matrix").asBoolean();
        frames = model.path("frames").asBoolean();
        labels = model.path("labels").isNull() ? null : texts(model.path("labels"));
        width = labels == null ? 1 : labels.size();
        nodes = nodes(model.path("trees"));
    }

    /** @param json what the worker says of the model's trees; empty when it says {@code null} */
    public static Optional<TreeEngine> of(String json) {
        JsonNode model = JSON.readTree(json);
        return model.isNull() ? Optional.empty() : Optional.of(new TreeEngine(model));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asString()));
        return List.copyOf(texts);
    }

    private Nodes nodes(JsonNode trees) {
        int count = 0;
        for (JsonNode tree : trees) {
            count += tree.path("feature").size();
        }
        Nodes all = new Nodes(new int[count], new double[count], new int[count], new int[count], new int[count],
                new double[Math.multiplyExact(count, width)], new int[trees.size()]);
        int base = 0;
        int root = 0;
        for (JsonNode tree : trees) {
            all.roots[root++] = base;
            for (int i = 0; i < tree.path("feature").size(); i++) {
                int node = base + i;
                int left = tree.path("left").path(i).asInt();
                all.feature[node] = left < 0 ? -1 : tree.path("feature").path(i).asInt();
                all.threshold[node] = tree.path("threshold").path(i).asDouble();
                all.left[node] = base + left;
                all.right[node] = base + tree.path("right").path(i).asInt();
                all.value[node] = node * width;
                for (int k = 0; k < width; k++) {
                    all.values[node * width + k] = tree.path("value").path(i).path(k).asDouble();
                }
            }
            base += tree.path("feature").size();
        }
        return all;
    }

    /** Bodies in every form that this engine answers, to compare it with Python. Values lie around the thresholds, and on them. */
    public List<String> examples(Random random, int rows) {
        StringBuilder data = new StringBuilder("[");
        for (int row = 0; row < rows; row++) {
            data.append(row == 0 ? "[" : ", [");
            for (int f = 0; f < features; f++) {
                double value = nodes.threshold[random.nextInt(nodes.threshold.length)];
                data.append(f == 0 ? "" : ", ");
                JsonText.append(data, random.nextInt(4) == 0 ? value : value + random.nextGaussian());
            }
            data.append(']');
        }
        data.append(']');
        List<String> bodies = new ArrayList<>();
        if (matrix) {
            bodies.addAll(List.of("{\"inputs\": " + data + "}", "{\"instances\": " + data + "}"));
        }
        if (frames) {
            List<String> columns = names != null ? names : IntStream.range(0, features).mapToObj(f -> "c" + f).toList();
            bodies.add("{\"dataframe_split\": {\"columns\": " + JSON.writeValueAsString(columns) + ", \"data\": " + data + "}}");
        }
        return bodies;
    }

    @Override
    public String name() {
        return "trees";
    }

    @Override
    public Optional<byte[]> predict(Table table) {
        float[] rows = switch (table) {
            case Table.Frame frame -> ofFrame(frame);
            case Table.Tensor tensor -> ofTensor(tensor);
        };
        if (rows == null) {
            return Optional.empty();
        }
        StringBuilder json = new StringBuilder(24 + table.rows() * 4).append("{\"predictions\": [");
        double[] sum = new double[width];
        for (int row = 0; row < table.rows(); row++) {
            if (row > 0) {
                json.append(", ");
            }
            evaluate(rows, row * features, sum);
            if (labels == null) {
                JsonText.append(json, sum[0]);
            } else {
                json.append(labels.get(largest(sum)));
            }
        }
        return Optional.of(json.append("]}").toString().getBytes(StandardCharsets.UTF_8));
    }

    private void evaluate(float[] rows, int at, double[] sum) {
        java.util.Arrays.fill(sum, 0);
        for (int root : nodes.roots) {
            int node = root;
            for (int feature = nodes.feature[node]; feature >= 0; feature = nodes.feature[node]) {
                node = rows[at + feature] <= nodes.threshold[node] ? nodes.left[node] : nodes.right[node];
            }
            int value = nodes.value[node];
            if (single) {
                System.arraycopy(nodes.values, value, sum, 0, width);
                return;
            }
            for (int k = 0; k < width; k++) {
                sum[k] += nodes.values[value + k];
            }
        }
        for (int k = 0; k < width; k++) {
            sum[k] /= nodes.roots.length;
        }
    }

    private static int largest(double[] values) {
        int best = 0;
        for (int k = 1; k < values.length; k++) {
            if (values[k] > values[best]) {
                best = k;
            }
        }
        return best;
    }

    /** Row after row, or null when Python has to look at it. */
    private float[] ofFrame(Table.Frame frame) {
        List<String> given = frame.layout().names();
        if (!frames || frame.columns().size() != features || names != null && !names.equals(given)) {
            return null;
        }
        float[] rows = new float[frame.rows() * features];
        for (int f = 0; f < features; f++) {
            if (!copy(frame.columns().get(f), rows, f, features)) {
                return null;
            }
        }
        return rows;
    }

    private float[] ofTensor(Table.Tensor tensor) {
        if (!matrix || tensor.layout().inner().size() != 1 || tensor.layout().inner().getFirst() != features) {
            return null;
        }
        float[] rows = new float[tensor.rows() * features];
        return copy(tensor.values(), rows, 0, 1) ? rows : null;
    }

    /** As numpy makes floats of them; what becomes infinite is refused by scikit-learn, in its own words. */
    private static boolean copy(Column column, float[] rows, int from, int step) {
        int at = from;
        switch (column) {
            case Column.Doubles doubles -> {
                for (double value : doubles.values()) {
                    float narrow = (float) value;
                    if (Float.isInfinite(narrow)) {
                        return false;
                    }
                    rows[at] = narrow;
                    at += step;
                }
            }
            case Column.Longs longs -> {
                for (long value : longs.values()) {
                    if (Math.abs(value) > EXACT) {
                        return false;
                    }
                    rows[at] = value;
                    at += step;
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
