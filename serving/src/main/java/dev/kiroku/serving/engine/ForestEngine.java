package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.PythonJson;
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
final class ForestEngine implements InProcessEngine {
    private final boolean singleTree;
    private final FeatureSpec features;
    private final List<String> labels;
    private final int outputsPerNode;
    private final TreeEnsemble trees;
    /** So many numbers for each node. */
    private final double[] nodeValues;

    ForestEngine(JsonNode model) {
        singleTree = model.path("single").asBoolean();
        features = FeatureSpec.fromJson(model.path("input"));
        labels = model.path("labels").isNull() ? null : FeatureSpec.readStrings(model.path("labels"));
        outputsPerNode = labels == null ? 1 : labels.size();
        trees = TreeEnsemble.fromJson(model.path("trees"));
        nodeValues = new double[Math.multiplyExact(trees.features().length, outputsPerNode)];
        int at = 0;
        for (JsonNode tree : model.path("trees")) {
            for (JsonNode node : tree.path("value")) {
                for (int k = 0; k < outputsPerNode; k++) {
                    nodeValues[at++] = node.path(k).asDouble();
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
        return features.createExampleBodies(f -> trees.randomValueNearThreshold(random), rows);
    }

    @Override
    public Optional<byte[]> predict(InputTable table) {
        double[] sum = new double[outputsPerNode];
        return features.predictRowByRow(table, (json, rows, at) -> {
            evaluate(rows, at, sum);
            if (labels == null) {
                PythonJson.appendDouble(json, sum[0]);
            } else {
                json.append(labels.get(argmax(sum)));
            }
        });
    }

    private void evaluate(double[] rows, int at, double[] sum) {
        int count = trees.roots().length;
        if (singleTree) {
            System.arraycopy(nodeValues, trees.findLeaf(0, rows, at) * outputsPerNode, sum, 0, outputsPerNode);
            return;
        }
        Arrays.fill(sum, 0);
        for (int tree = 0; tree < count; tree++) {
            int value = trees.findLeaf(tree, rows, at) * outputsPerNode;
            for (int k = 0; k < outputsPerNode; k++) {
                sum[k] += nodeValues[value + k];
            }
        }
        for (int k = 0; k < outputsPerNode; k++) {
            sum[k] /= count;
        }
    }

    /** The first of the largest, as numpy's argmax. */
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
