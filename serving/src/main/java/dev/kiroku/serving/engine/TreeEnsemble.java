package dev.kiroku.serving.engine;

import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * The nodes of all trees of a model, in arrays by node number. Arrays of primitives keep the nodes of a path close together in memory and
 * are read without indirection.
 *
 * @param features the index of the feature that a node compares; -1 for a leaf
 * @param thresholds a row goes left when its feature is not larger than the threshold
 * @param leftChildren node numbers
 * @param rightChildren node numbers
 * @param roots the root node of each tree
 */
record TreeEnsemble(int[] features, double[] thresholds, int[] leftChildren, int[] rightChildren, int[] roots) {
    /**
     * Reads trees, each with the arrays {@code left}, {@code right}, {@code feature} and {@code threshold} by node; a leaf's {@code left} is
     * negative.
     */
    static TreeEnsemble fromJson(JsonNode trees) {
        int count = 0;
        for (JsonNode tree : trees) {
            count += tree.path("left").size();
        }
        TreeEnsemble ensemble = new TreeEnsemble(
                new int[count], new double[count], new int[count], new int[count], new int[trees.size()]);
        int first = 0;
        int tree = 0;
        for (JsonNode json : trees) {
            ensemble.roots[tree++] = first;
            ensemble.readTree(json, first);
            first += json.path("left").size();
        }
        return ensemble;
    }

    private void readTree(JsonNode json, int first) {
        JsonNode lefts = json.path("left");
        for (int i = 0; i < lefts.size(); i++) {
            int left = lefts.path(i).asInt();
            int node = first + i;
            features[node] = left < 0 ? -1 : json.path("feature").path(i).asInt();
            thresholds[node] = json.path("threshold").path(i).asDouble();
            leftChildren[node] = first + left;
            rightChildren[node] = first + json.path("right").path(i).asInt();
        }
    }

    /**
     * Returns the node number of the leaf for a row.
     *
     * @param rows the features of all rows, one row after another
     * @param offset the index of the row's first feature
     */
    int findLeaf(int tree, double[] rows, int offset) {
        int node = roots[tree];
        for (int feature = features[node]; feature >= 0; feature = features[node]) {
            node = rows[offset + feature] <= thresholds[node] ? leftChildren[node] : rightChildren[node];
        }
        return node;
    }

    /** Returns a random value on a threshold, right above one, or around one. */
    double randomValueNearThreshold(Random random) {
        double threshold = thresholds[random.nextInt(thresholds.length)];
        return switch (random.nextInt(4)) {
            case 0 -> threshold;
            case 1 -> random.nextBoolean() ? Math.nextUp(threshold) : Math.nextUp((float) threshold);
            default -> threshold + random.nextGaussian();
        };
    }
}
