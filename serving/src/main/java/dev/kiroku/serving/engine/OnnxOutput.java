package dev.kiroku.serving.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.kiroku.serving.protocol.PythonJson;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A copy of an output tensor.
 *
 * @param cells writes cells, numbered in row-major order
 * @param shape the dimensions; the first one is the rows
 */
record OnnxOutput(String name, CellWriter cells, int[] shape) {
    /** Writes one cell of a tensor as JSON. */
    interface CellWriter {
        void append(StringBuilder json, int cell);
    }

    /** Copies a tensor. */
    static OnnxOutput copyOf(String name, OnnxTensor tensor) throws OrtException {
        long[] dimensions = tensor.getInfo().getShape();
        int[] shape = new int[dimensions.length];
        for (int i = 0; i < dimensions.length; i++) {
            shape[i] = Math.toIntExact(dimensions[i]);
        }
        return new OnnxOutput(name, cellWriter(tensor), shape);
    }

    private static CellWriter cellWriter(OnnxTensor tensor) throws OrtException {
        switch (tensor.getInfo().type) {
            case FLOAT -> {
                FloatBuffer buffer = tensor.getFloatBuffer();
                return (json, cell) -> PythonJson.appendDouble(json, buffer.get(cell));
            }
            case DOUBLE -> {
                DoubleBuffer buffer = tensor.getDoubleBuffer();
                return (json, cell) -> PythonJson.appendDouble(json, buffer.get(cell));
            }
            case INT64 -> {
                LongBuffer buffer = tensor.getLongBuffer();
                return (json, cell) -> json.append(buffer.get(cell));
            }
            case INT32 -> {
                IntBuffer buffer = tensor.getIntBuffer();
                return (json, cell) -> json.append(buffer.get(cell));
            }
            case BOOL -> {
                ByteBuffer buffer = tensor.getByteBuffer();
                return (json, cell) -> json.append(buffer.get(cell) != 0);
            }
            case STRING -> {
                List<String> strings = new ArrayList<>();
                flatten(tensor.getValue(), strings);
                return (json, cell) -> json.append(PythonJson.quote(strings.get(cell)));
            }
            default -> throw new IllegalStateException("unsupported output type " + tensor.getInfo().type);
        }
    }

    private static void flatten(Object value, List<String> strings) {
        if (value instanceof Object[] array) {
            for (Object element : array) {
                flatten(element, strings);
            }
        } else {
            strings.add((String) value);
        }
    }

    /** Returns the number of cells. */
    int size() {
        int size = 1;
        for (int length : shape) {
            size = Math.multiplyExact(size, length);
        }
        return size;
    }

    /** Returns this output with another number of rows in its shape; the cells stay the same. */
    OnnxOutput withRows(int rows) {
        int[] changed = shape.clone();
        changed[0] = rows;
        return new OnnxOutput(name, cells, changed);
    }

    /** Returns the number of the first cell of a row. */
    int firstCell(int row) {
        return row == 0 ? 0 : row * (size() / shape[0]);
    }

    /** Appends the nested arrays of this output, beginning at a row. */
    void append(StringBuilder json, int firstRow) {
        append(json, 0, firstCell(firstRow));
    }

    /** Appends the arrays of a dimension and returns the cell after the last one that was written. */
    private int append(StringBuilder json, int dimension, int cell) {
        if (dimension == shape.length) {
            cells.append(json, cell);
            return cell + 1;
        }
        int next = cell;
        json.append('[');
        for (int i = 0; i < shape[dimension]; i++) {
            json.append(i == 0 ? "" : ", ");
            next = append(json, dimension + 1, next);
        }
        json.append(']');
        return next;
    }

    /**
     * Writes outputs as MLflow does: for a data frame a list of records, one for each cell; for a tensor an object with an array for each
     * output.
     *
     * @param outputs with as many rows as are written
     * @param firstRow the row of the tensors to begin with
     * @return empty for outputs of different sizes in answer to a data frame, which pandas rejects with its own message
     */
    static Optional<byte[]> toJson(List<OnnxOutput> outputs, int firstRow, boolean dataFrame) {
        StringBuilder json = new StringBuilder("{\"predictions\": ");
        if (dataFrame) {
            int size = outputs.getFirst().size();
            if (outputs.stream().anyMatch(output -> output.size() != size)) {
                return Optional.empty();
            }
            appendRecords(json, outputs, firstRow, size);
        } else {
            appendArrays(json, outputs, firstRow);
        }
        return Optional.of(json.append('}').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void appendArrays(StringBuilder json, List<OnnxOutput> outputs, int firstRow) {
        json.append('{');
        for (OnnxOutput output : outputs) {
            json.append(output == outputs.getFirst() ? "" : ", ")
                    .append(PythonJson.quote(output.name))
                    .append(": ");
            output.append(json, firstRow);
        }
        json.append('}');
    }

    private static void appendRecords(StringBuilder json, List<OnnxOutput> outputs, int firstRow, int size) {
        List<String> keys = outputs.stream()
                .map(output -> PythonJson.quote(output.name) + ": ")
                .toList();
        json.append('[');
        for (int cell = 0; cell < size; cell++) {
            json.append(cell == 0 ? "{" : ", {");
            for (int i = 0; i < outputs.size(); i++) {
                OnnxOutput output = outputs.get(i);
                json.append(i == 0 ? "" : ", ").append(keys.get(i));
                output.cells.append(json, output.firstCell(firstRow) + cell);
            }
            json.append('}');
        }
        json.append(']');
    }
}
