package dev.kiroku.serving.engine;

import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * All trees of a model in one: nodes by number, children relative to the whole.
 *
 * @param feature -1 for a leaf
 * @param threshold what is no larger goes left
 * @param roots where each tree begins
 */
record TreeEnsemble(int[] features, double[] thresholds, int[] leftChildren, int[] rightChildren, int[] roots) {
    /** @param trees each with {@code left}, {@code right}, {@code feature} and {@code threshold} by node; a leaf's {@code left} is negative */
    static TreeEnsemble fromJson(JsonNode trees) {
        int count = 0;
        for (JsonNode tree : trees) {
            count += tree.path("left").size();
        }
        TreeEnsemble all = new TreeEnsemble(
                new int[count], new double[count], new int[count], new int[count], new int[trees.size()]);
        int base = 0;
        int root = 0;
        for (JsonNode tree : trees) {
            all.roots[root++] = base;
            JsonNode lefts = tree.path("left");
            for (int i = 0; i < lefts.size(); i++) {
                int left = lefts.path(i).asInt();
                all.features[base + i] =
                        left < 0 ? -1 : tree.path("feature").path(i).asInt();
                all.thresholds[base + i] = tree.path("threshold").path(i).asDouble();
                all.leftChildren[base + i] = base + left;
                all.rightChildren[base + i] = base + tree.path("right").path(i).asInt();
            }
            base += lefts.size();
        }
        return all;
    }

    /** The node at which a row ends. */
    int findLeaf(int tree, double[] rows, int at) {
        int node = roots[tree];
        for (int f = features[node]; f >= 0; f = features[node]) {
            node = rows[at + f] <= thresholds[node] ? leftChildren[node] : rightChildren[node];
        }
        return node;
    }

    /** A value around the thresholds, or on one. */
    double randomValueNearThreshold(Random random) {
        double value = thresholds[random.nextInt(thresholds.length)];
        return switch (random.nextInt(4)) {
            case 0 -> value;
            case 1 -> random.nextBoolean() ? Math.nextUp(value) : Math.nextUp((float) value);
            default -> value + random.nextGaussian();
        };
    }
}
