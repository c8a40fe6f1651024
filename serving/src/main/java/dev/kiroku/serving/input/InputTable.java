package dev.kiroku.serving.input;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of a request, in typed columns. The rows of requests with equal layouts can be concatenated. */
public sealed interface InputTable {
    /** Returns the number of rows. */
    int rows();

    /** Returns the layout: everything that a model sees of the input but the values. */
    Layout layout();

    /**
     * The layout of a table.
     *
     * @param format {@code f} for a data frame, {@code i} for {@code inputs}, {@code n} for {@code instances}
     * @param columnNames null when the client sent none, and for tensors
     * @param columnTypes the type code of each column; for tensors a single one
     * @param rowShape the dimensions of a row of a tensor; empty for data frames
     */
    record Layout(char format, @Nullable List<String> columnNames, String columnTypes, List<Integer> rowShape) {}

    /** A data frame. */
    record DataFrame(Layout layout, int rows, List<InputColumn> columns) implements InputTable {
        static DataFrame of(@Nullable List<String> names, int rows, List<InputColumn> columns) {
            StringBuilder types = new StringBuilder();
            columns.forEach(column -> types.append(column.typeCode()));
            return new DataFrame(new Layout('f', names, types.toString(), List.of()), rows, List.copyOf(columns));
        }
    }

    /**
     * A tensor of two or more dimensions.
     *
     * @param values in row-major order
     */
    record Tensor(Layout layout, int rows, InputColumn values) implements InputTable {}
}
