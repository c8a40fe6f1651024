package dev.kiroku.serving.engine;

import dev.kiroku.serving.input.Table;
import dev.kiroku.serving.protocol.JsonText;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * Boosted trees of XGBoost, LightGBM and scikit-learn, from the plain numbers that {@code kiroku_worker/boosted.py} writes. Leaves are added
 * up tree after tree in the precision of the library, so that scores are equal to the last bit; what is made of scores by an exponential
 * may differ in the last place, because each language has its own.
 */
final class BoostedEngine implements NativeEngine {
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
    private final boolean single;
    private final Features features;
    private final double[] base;
    private final int[] group;
    private final Link link;
    private final double factor;
    private final Output output;
    private final double cut;
    private final boolean above;
    private final List<String> labels;
    private final Trees trees;
    private final double[] values;

    BoostedEngine(JsonNode model) {
        library = model.path("library").asString();
        single = model.path("single").asBoolean();
        features = Features.of(model.path("input"));
        base = doubles(model.path("base"));
        group = new int[model.path("group").size()];
        for (int tree = 0; tree < group.length; tree++) {
            group[tree] = model.path("group").path(tree).asInt();
        }
        link = Link.valueOf(model.path("link").asString());
        factor = model.path("factor").asDouble();
        output = Output.valueOf(model.path("output").asString());
        cut = model.path("cut").asDouble();
        above = model.path("above").asBoolean();
        labels = Features.texts(model.path("labels"));
        trees = Trees.of(model.path("trees"));
        values = new double[trees.feature().length];
        int at = 0;
        for (JsonNode tree : model.path("trees")) {
            for (JsonNode value : tree.path("value")) {
                values[at++] = value.asDouble();
            }
        }
    }

    private static double[] doubles(JsonNode array) {
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
        return exact ? 0 : single ? 3e-7 : 1e-13;
    }

    @Override
    public List<String> examples(Random random, int rows) {
        return features.examples(f -> trees.near(random), rows);
    }

    @Override
    public Optional<byte[]> predict(Table table) {
        double[] scores = new double[base.length];
        return features.answerRowByRow(table, (json, rows, at) -> {
            evaluate(rows, at, scores);
            append(json, scores);
        });
    }

    private void append(StringBuilder json, double[] scores) {
        switch (output) {
            case VALUE -> JsonText.append(json, scores[0]);
            case INDEX -> JsonText.append(json, TreeEngine.largest(scores));
            case LABEL -> {
                boolean second = above ? scores[0] > cut : scores[0] >= cut;
                json.append(labels.get(scores.length == 1 ? second ? 1 : 0 : TreeEngine.largest(scores)));
            }
            case ROW -> {
                json.append('[');
                for (int k = 0; k < scores.length; k++) {
                    json.append(k == 0 ? "" : ", ");
                    JsonText.append(json, scores[k]);
                }
                json.append(']');
            }
        }
    }

    private void evaluate(double[] rows, int at, double[] scores) {
        System.arraycopy(base, 0, scores, 0, scores.length);
        for (int tree = 0; tree < group.length; tree++) {
            int k = group[tree];
            scores[k] = rounded(scores[k] + values[trees.leaf(tree, rows, at)]);
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
                    scores[k] = rounded(Math.exp(scores[k]));
                }
            }
            case SOFTMAX -> softmax(scores);
        }
    }

    /** A sum or product of two floats is the same whether computed in 32 bits or in 64 and then rounded. */
    private double rounded(double value) {
        return single ? (float) value : value;
    }

    private double sigmoid(double score) {
        // XGBoost keeps exp below what a float can hold
        double exp = single ? rounded(Math.exp(Math.min(-score, 88.7f))) : Math.exp(-factor * score);
        return rounded(1 / rounded(exp + 1));
    }

    private void softmax(double[] scores) {
        double most = scores[TreeEngine.largest(scores)];
        double sum = 0;
        for (int k = 0; k < scores.length; k++) {
            scores[k] = rounded(Math.exp(rounded(scores[k] - most)));
            sum += scores[k];
        }
        for (int k = 0; k < scores.length; k++) {
            scores[k] = rounded(scores[k] / rounded(sum));
        }
    }
}
