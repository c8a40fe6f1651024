package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.PythonJson;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Boosted trees of XGBoost, LightGBM and scikit-learn, from the plain numbers that {@code kiroku_worker/boosted.py} writes. Leaves are added
 * up tree after tree in the precision of the library, so that scores are equal to the last bit; what is made of scores by an exponential
 * may differ in the last place, because each language has its own.
 */
final class BoostedTreesEngine implements InProcessEngine {
    /** What becomes of a row's scores. */
    private enum Link {
        IDENTITY,
        SIGMOID,
        SOFTMAX,
        EXP
    }

    /** What a row is answered with: its only value, all values, the number of the largest, or a label. */
    private enum Output {
        VALUE,
        ROW,
        INDEX,
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

    BoostedTreesEngine(JsonNode model) {
        library = model.path("library").asString();
        float32 = model.path("single").asBoolean();
        features = FeatureSpec.fromJson(model.path("input"));
        baseScores = readDoubles(model.path("base"));
        scoreIndexes = new int[model.path("group").size()];
        for (int tree = 0; tree < scoreIndexes.length; tree++) {
            scoreIndexes[tree] = model.path("group").path(tree).asInt();
        }
        link = Link.valueOf(model.path("link").asString());
        sigmoidFactor = model.path("factor").asDouble();
        output = Output.valueOf(model.path("output").asString());
        labelThreshold = model.path("cut").asDouble();
        thresholdExclusive = model.path("above").asBoolean();
        labels = FeatureSpec.readStrings(model.path("labels"));
        trees = TreeEnsemble.fromJson(model.path("trees"));
        nodeValues = new double[trees.features().length];
        int at = 0;
        for (JsonNode tree : model.path("trees")) {
            for (JsonNode value : tree.path("value")) {
                nodeValues[at++] = value.asDouble();
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
        boolean exact = link == Link.IDENTITY || output == Output.LABEL || output == Output.INDEX;
        return exact ? 0 : float32 ? 3e-7 : 1e-13;
    }

    @Override
    public List<String> createExampleBodies(Random random, int rows) {
        return features.createExampleBodies(f -> trees.randomValueNearThreshold(random), rows);
    }

    @Override
    public Optional<byte[]> predict(InputTable table) {
        double[] scores = new double[baseScores.length];
        return features.predictRowByRow(table, (json, rows, at) -> {
            evaluate(rows, at, scores);
            appendPrediction(json, scores);
        });
    }

    private void appendPrediction(StringBuilder json, double[] scores) {
        switch (output) {
            case VALUE -> PythonJson.appendDouble(json, scores[0]);
            case INDEX -> PythonJson.appendDouble(json, ForestEngine.argmax(scores));
            case LABEL -> {
                boolean second = thresholdExclusive ? scores[0] > labelThreshold : scores[0] >= labelThreshold;
                json.append(labels.get(scores.length == 1 ? second ? 1 : 0 : ForestEngine.argmax(scores)));
            }
            case ROW -> {
                json.append('[');
                for (int k = 0; k < scores.length; k++) {
                    json.append(k == 0 ? "" : ", ");
                    PythonJson.appendDouble(json, scores[k]);
                }
                json.append(']');
            }
        }
    }

    private void evaluate(double[] rows, int at, double[] scores) {
        System.arraycopy(baseScores, 0, scores, 0, scores.length);
        for (int tree = 0; tree < scoreIndexes.length; tree++) {
            int k = scoreIndexes[tree];
            scores[k] = round(scores[k] + nodeValues[trees.findLeaf(tree, rows, at)]);
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

    /** A sum or product of two floats is the same whether computed in 32 bits or in 64 and then rounded. */
    private double round(double value) {
        return float32 ? (float) value : value;
    }

    private double sigmoid(double score) {
        // XGBoost keeps exp below what a float can hold
        double exp = float32 ? round(Math.exp(Math.min(-score, 88.7f))) : Math.exp(-sigmoidFactor * score);
        return round(1 / round(exp + 1));
    }

    private void softmax(double[] scores) {
        double most = scores[ForestEngine.argmax(scores)];
        double sum = 0;
        for (int k = 0; k < scores.length; k++) {
            scores[k] = round(Math.exp(round(scores[k] - most)));
            sum += scores[k];
        }
        for (int k = 0; k < scores.length; k++) {
            scores[k] = round(scores[k] / round(sum));
        }
    }
}
