package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.PythonJson;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Boosted trees of XGBoost, LightGBM and scikit-learn, from the numbers that {@code kiroku_worker/boosted_trees.py} exports. The values of
 * leaves are added tree after tree in the precision of the library, so that scores are equal to the last bit. Results of the exponential
 * function may differ in the last place from those of the C library.
 */
final class BoostedTreesEngine implements InProcessEngine {
    /** The function from scores to predictions. */
    private enum Link {
        IDENTITY,
        SIGMOID,
        SOFTMAX,
        EXP
    }

    /** The prediction for a row: the only value, all values, the index of the largest one, or its label. */
    private enum Output {
        VALUE,
        ALL_VALUES,
        ARGMAX,
        LABEL
    }

    private final String library;
    private final boolean float32;
    private final FeatureSpec features;
    private final double[] baseScores;
    private final int[] scoreIndexes;
    private final Link link;
    private final double sigmoidFactor;
    private final Output output;
    private final double labelThreshold;
    private final boolean thresholdExclusive;
    private final List<String> labels;
    private final TreeEnsemble trees;
    private final double[] nodeValues;

    BoostedTreesEngine(JsonNode description) {
        library = description.path("library").asString();
        float32 = description.path("float32").asBoolean();
        features = FeatureSpec.fromJson(description.path("features"));
        baseScores = readDoubles(description.path("base_scores"));
        scoreIndexes = new int[description.path("score_indexes").size()];
        for (int tree = 0; tree < scoreIndexes.length; tree++) {
            scoreIndexes[tree] = description.path("score_indexes").path(tree).asInt();
        }
        link = Link.valueOf(description.path("link").asString());
        sigmoidFactor = description.path("sigmoid_factor").asDouble();
        output = Output.valueOf(description.path("output").asString());
        labelThreshold = description.path("label_threshold").asDouble();
        thresholdExclusive = description.path("threshold_exclusive").asBoolean();
        labels = FeatureSpec.readStrings(description.path("labels"));
        trees = TreeEnsemble.fromJson(description.path("trees"));
        nodeValues = new double[trees.features().length];
        int index = 0;
        for (JsonNode tree : description.path("trees")) {
            for (JsonNode value : tree.path("value")) {
                nodeValues[index++] = value.asDouble();
            }
        }
    }

    private static double[] readDoubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.path(i).asDouble();
        }
        return values;
    }

    @Override
    public String name() {
        return library;
    }

    @Override
    public double tolerance() {
        boolean exact = link == Link.IDENTITY || output == Output.LABEL || output == Output.ARGMAX;
        return exact ? 0 : float32 ? 3e-7 : 1e-13;
    }

    @Override
    public List<String> createExampleBodies(Random random, int rows) {
        return features.createExampleBodies(feature -> trees.randomValueNearThreshold(random), rows);
    }

    @Override
    public Optional<byte[]> predict(InputTable table) {
        double[] scores = new double[baseScores.length];
        return features.predictRowByRow(table, (json, rows, offset) -> {
            evaluate(rows, offset, scores);
            appendPrediction(json, scores);
        });
    }

    private void appendPrediction(StringBuilder json, double[] scores) {
        switch (output) {
            case VALUE -> PythonJson.appendDouble(json, scores[0]);
            case ARGMAX -> PythonJson.appendDouble(json, ForestEngine.argmax(scores));
            case LABEL -> {
                boolean secondLabel = thresholdExclusive ? scores[0] > labelThreshold : scores[0] >= labelThreshold;
                json.append(labels.get(scores.length == 1 ? secondLabel ? 1 : 0 : ForestEngine.argmax(scores)));
            }
            case ALL_VALUES -> {
                json.append('[');
                for (int k = 0; k < scores.length; k++) {
                    json.append(k == 0 ? "" : ", ");
                    PythonJson.appendDouble(json, scores[k]);
                }
                json.append(']');
            }
        }
    }

    private void evaluate(double[] rows, int offset, double[] scores) {
        System.arraycopy(baseScores, 0, scores, 0, scores.length);
        for (int tree = 0; tree < scoreIndexes.length; tree++) {
            int k = scoreIndexes[tree];
            scores[k] = round(scores[k] + nodeValues[trees.findLeaf(tree, rows, offset)]);
        }
        switch (link) {
            case IDENTITY -> {}
            case SIGMOID -> {
                for (int k = 0; k < scores.length; k++) {
                    scores[k] = sigmoid(scores[k]);
                }
            }
            case EXP -> {
                for (int k = 0; k < scores.length; k++) {
                    scores[k] = round(Math.exp(scores[k]));
                }
            }
            case SOFTMAX -> softmax(scores);
        }
    }

    /**
     * Rounds to the precision of the library. The sum or product of two 32-bit floats is the same whether it is computed in 32 bits, or in 64
     * bits and then rounded.
     */
    private double round(double value) {
        return float32 ? (float) value : value;
    }

    private double sigmoid(double score) {
        // XGBoost limits the argument so that the result fits into a float.
        double exp = float32 ? round(Math.exp(Math.min(-score, 88.7f))) : Math.exp(-sigmoidFactor * score);
        return round(1 / round(exp + 1));
    }

    private void softmax(double[] scores) {
        double max = scores[ForestEngine.argmax(scores)];
        double sum = 0;
        for (int k = 0; k < scores.length; k++) {
            scores[k] = round(Math.exp(round(scores[k] - max)));
            sum += scores[k];
        }
        for (int k = 0; k < scores.length; k++) {
            scores[k] = round(scores[k] / round(sum));
        }
    }
}
