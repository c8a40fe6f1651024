package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.PythonJson;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Decision trees and forests of scikit-learn, from the numbers that {@code kiroku_worker/forests.py} exports. As in scikit-learn, features
 * are compared as 32-bit floats with 64-bit thresholds, and the values of leaves are added tree after tree, so that results are equal to
 * the last bit.
 */
final class ForestEngine implements InProcessEngine {
    private final boolean singleTree;
    private final FeatureSpec features;
    /** JSON texts; null for a regressor. */
    private final @Nullable List<String> labels;

    private final int valuesPerNode;
    private final TreeEnsemble trees;
    private final double[] nodeValues;

    ForestEngine(JsonNode description) {
        singleTree = description.path("single_tree").asBoolean();
        features = FeatureSpec.fromJson(description.path("features"));
        labels = description.path("labels").isNull() ? null : FeatureSpec.readStrings(description.path("labels"));
        valuesPerNode = labels == null ? 1 : labels.size();
        trees = TreeEnsemble.fromJson(description.path("trees"));
        nodeValues = new double[Math.multiplyExact(trees.features().length, valuesPerNode)];
        int index = 0;
        for (JsonNode tree : description.path("trees")) {
            for (JsonNode node : tree.path("value")) {
                for (int k = 0; k < valuesPerNode; k++) {
                    nodeValues[index++] = node.path(k).asDouble();
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
    public List<String> createExampleBodies(Random random, int rows) {
        return features.createExampleBodies(feature -> trees.randomValueNearThreshold(random), rows);
    }

    @Override
    public Optional<byte[]> predict(InputTable table) {
        double[] values = new double[valuesPerNode];
        return features.predictRowByRow(table, (json, rows, offset) -> {
            evaluate(rows, offset, values);
            if (labels == null) {
                PythonJson.appendDouble(json, values[0]);
            } else {
                json.append(labels.get(argmax(values)));
            }
        });
    }

    private void evaluate(double[] rows, int offset, double[] values) {
        if (singleTree) {
            System.arraycopy(nodeValues, trees.findLeaf(0, rows, offset) * valuesPerNode, values, 0, valuesPerNode);
            return;
        }
        int count = trees.roots().length;
        Arrays.fill(values, 0);
        for (int tree = 0; tree < count; tree++) {
            int first = trees.findLeaf(tree, rows, offset) * valuesPerNode;
            for (int k = 0; k < valuesPerNode; k++) {
                values[k] += nodeValues[first + k];
            }
        }
        for (int k = 0; k < valuesPerNode; k++) {
            values[k] /= count;
        }
    }

    /** Returns the index of the first largest value, as numpy's argmax does. */
    static int argmax(double[] values) {
        int best = 0;
        for (int k = 1; k < values.length; k++) {
            if (values[k] > values[best]) {
                best = k;
            }
        }
        return best;
    }
}
