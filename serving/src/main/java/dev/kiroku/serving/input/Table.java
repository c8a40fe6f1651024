package dev.kiroku.serving.input;

import java.util.List;

/** The rows of a request in typed columns, so that the rows of several requests can be laid one after another. */
public sealed interface Table {
    int rows();

    /** Requests with equal layouts can be merged: what a model is told of types, names and shapes is the same for each. */
    Layout layout();

    /**
     * @param form 'f' for a data frame, 'i' for inputs, 'n' for instances
     * @param names of the columns; null when the client gave none, and for tensors
     * @param types a letter a column, or that of the tensor's values
     * @param inner the shape of one of a tensor's rows; empty for frames
     */
    record Layout(char form, List<String> names, String types, List<Integer> inner) {}

    /** A data frame. */
    record Frame(Layout layout, int rows, List<Column> columns) implements Table {
        static Frame of(List<String> names, int rows, List<Column> columns) {
            StringBuilder types = new StringBuilder();
            columns.forEach(column -> types.append(column.type()));
            return new Frame(new Layout('f', names, types.toString(), List.of()), rows, List.copyOf(columns));
        }
    }

    /**
     * A tensor of two or more dimensions.
     *
     * @param values row after row
     */
    record Tensor(Layout layout, int rows, Column values) implements Table {}
}
