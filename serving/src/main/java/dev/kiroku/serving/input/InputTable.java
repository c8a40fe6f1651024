package dev.kiroku.serving.input;

import java.util.List;

/** The rows of a request in typed columns, so that the rows of several requests can be laid one after another. */
public sealed interface InputTable {
    int rows();

    /** Requests with equal layouts can be merged: what a model is told of types, names and shapes is the same for each. */
    Layout layout();

    /**
     * @param form 'f' for a data frame, 'i' for inputs, 'n' for instances
     * @param names of the columns; null when the client gave none, and for tensors
     * @param types a letter a column, or that of the tensor's values
     * @param inner the shape of one of a tensor's rows; empty for frames
     */
    record Layout(char format, List<String> columnNames, String columnTypes, List<Integer> rowShape) {}

    /** A data frame. */
    record DataFrame(Layout layout, int rows, List<InputColumn> columns) implements InputTable {
        static DataFrame of(List<String> names, int rows, List<InputColumn> columns) {
            StringBuilder types = new StringBuilder();
            columns.forEach(column -> types.append(column.typeCode()));
            return new DataFrame(new Layout('f', names, types.toString(), List.of()), rows, List.copyOf(columns));
        }
    }

    /**
     * A tensor of two or more dimensions.
     *
     * @param values row after row
     */
    record Tensor(Layout layout, int rows, InputColumn values) implements InputTable {}
}
