package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.protocol.JsonText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Decision trees and forests of scikit-learn, from the plain numbers that {@code kiroku_worker/forests.py} reads off the fitted model: no
 * pickle is opened here. Features are compared as 32-bit floats with 64-bit thresholds, and votes are added up tree after tree, as
 * scikit-learn does, so that results are equal to the last bit.
 */
final class TreeEngine implements NativeEngine {
    private final boolean single;
    private final Features features;
    private final List<String> labels;
    private final int width;
    private final Trees trees;
    /** So many numbers for each node. */
    private final double[] values;

    TreeEngine(JsonNode model) {
        single = model.path("single").asBoolean();
        features = Features.of(model.path("input"));
        labels = model.path("labels").isNull() ? null : Features.texts(model.path("labels"));
        width = labels == null ? 1 : labels.size();
        trees = Trees.of(model.path("trees"));
        values = new double[Math.multiplyExact(trees.feature().length, width)];
        int at = 0;
        for (JsonNode tree : model.path("trees")) {
            for (JsonNode node : tree.path("value")) {
                for (int k = 0; k < width; k++) {
                    values[at++] = node.path(k).asDouble();
                }
            }
        }
    }

    @Override
    public String name() {
        return "trees";
    }

    @Override
    public double tolerance() {
        return 0;
    }

    @Override
    public List<String> examples(Random random, int rows) {
        return features.examples(f -> trees.near(random), rows);
    }

    @Override
    public Optional<byte[]> predict(Table table) {
        double[] sum = new double[width];
        return features.answerRowByRow(table, (json, rows, at) -> {
            evaluate(rows, at, sum);
            if (labels == null) {
                JsonText.append(json, sum[0]);
            } else {
                json.append(labels.get(largest(sum)));
            }
        });
    }

    private void evaluate(double[] rows, int at, double[] sum) {
        int count = trees.roots().length;
        if (single) {
            System.arraycopy(values, trees.leaf(0, rows, at) * width, sum, 0, width);
            return;
        }
        Arrays.fill(sum, 0);
        for (int tree = 0; tree < count; tree++) {
            int value = trees.leaf(tree, rows, at) * width;
            for (int k = 0; k < width; k++) {
                sum[k] += values[value + k];
            }
        }
        for (int k = 0; k < width; k++) {
            sum[k] /= count;
        }
    }

    /** The first of the largest, as numpy's argmax. */
    static int largest(double[] values) {
        int best = 0;
        for (int k = 1; k < values.length; k++) {
            if (values[k] > values[best]) {
                best = k;
            }
        }
        return best;
    }
}
