package dev.kiroku.serving.input;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the bodies that nearly all clients send, without building anything in between: frames and tensors whose columns hold values of
 * one type, none of them missing. Whatever is written in another way, or wrongly, is not read here: Python, which defines what it means,
 * gets the body as it came.
 */
public final class InputParser {
    private final JsonFactory json = new JsonFactory();

    /** Thrown to leave from any depth; the body is for Python. */
    private static final class UnsupportedInputException extends RuntimeException {
        UnsupportedInputException() {
            super(null, null, false, false);
        }
    }

    /** Empty when the body is for Python to read. */
    public Optional<InputTable> parse(byte[] body) {
        try (JsonParser parser = json.createParser(tools.jackson.core.ObjectReadContext.empty(), body)) {
            require(parser.nextToken() == JsonToken.START_OBJECT);
            InputTable table = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (name.equals("params")) {
                    require(parser.nextToken() == JsonToken.VALUE_NULL);
                    continue;
                }
                require(table == null);
                table = switch (name) {
                    case "dataframe_split" -> readSplitFrame(parser);
                    case "dataframe_records" -> readRecords(parser);
                    case "inputs" -> readTensor(parser, 'i');
                    case "instances" -> readTensor(parser, 'n');
                    default -> throw new UnsupportedInputException();
                };
            }
            require(parser.currentToken() == JsonToken.END_OBJECT
                    && parser.nextToken() == null
                    && table != null
                    && table.rows() > 0);
            return Optional.of(table);
        } catch (JacksonException | UnsupportedInputException e) {
            return Optional.empty();
        }
    }

    private static void require(boolean plain) {
        if (!plain) {
            throw new UnsupportedInputException();
        }
    }

    private static InputTable readSplitFrame(JsonParser parser) {
        require(parser.nextToken() == JsonToken.START_OBJECT);
        List<String> names = null;
        List<InputColumnBuilder> columns = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            switch (parser.currentName()) {
                case "columns" -> {
                    require(names == null);
                    names = readNames(parser);
                }
                case "data" -> {
                    require(columns == null);
                    columns = readRows(parser);
                }
                default -> throw new UnsupportedInputException();
            }
        }
        require(columns != null && (names == null || names.size() == columns.size()));
        return buildFrame(names, columns);
    }

    private static InputTable buildFrame(List<String> names, List<InputColumnBuilder> columns) {
        require(!columns.isEmpty());
        int rows = columns.getFirst().size();
        require(rows > 0);
        return InputTable.DataFrame.of(
                names, rows, columns.stream().map(InputColumnBuilder::build).toList());
    }

    private static List<String> readNames(JsonParser parser) {
        require(parser.nextToken() == JsonToken.START_ARRAY);
        List<String> names = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.VALUE_STRING
                    && InputColumnBuilder.isValidUnicode(parser.getString()));
            names.add(parser.getString());
        }
        requireDistinct(names);
        return List.copyOf(names);
    }

    private static void requireDistinct(List<String> names) {
        require(new HashSet<>(names).size() == names.size());
    }

    private static List<InputColumnBuilder> readRows(JsonParser parser) {
        require(parser.nextToken() == JsonToken.START_ARRAY);
        List<InputColumnBuilder> columns = new ArrayList<>();
        for (int row = 0; parser.nextToken() != JsonToken.END_ARRAY; row++) {
            require(parser.currentToken() == JsonToken.START_ARRAY);
            int column = 0;
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (row == 0) {
                    columns.add(new InputColumnBuilder());
                }
                require(column < columns.size() && columns.get(column).add(token, parser));
                column++;
            }
            require(column == columns.size());
        }
        return columns;
    }

    /** Every record must name the same columns in the same order. */
    private static InputTable readRecords(JsonParser parser) {
        require(parser.nextToken() == JsonToken.START_ARRAY);
        List<String> names = new ArrayList<>();
        List<InputColumnBuilder> columns = new ArrayList<>();
        for (int row = 0; parser.nextToken() != JsonToken.END_ARRAY; row++) {
            require(parser.currentToken() == JsonToken.START_OBJECT);
            int column = 0;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (row == 0) {
                    require(InputColumnBuilder.isValidUnicode(name));
                    names.add(name);
                    columns.add(new InputColumnBuilder());
                }
                require(column < names.size() && names.get(column).equals(name));
                require(columns.get(column).add(parser.nextToken(), parser));
                column++;
            }
            require(column == columns.size());
        }
        requireDistinct(names);
        return buildFrame(List.copyOf(names), columns);
    }

    private static InputTable readTensor(JsonParser parser, char form) {
        require(parser.nextToken() == JsonToken.START_ARRAY);
        InputColumnBuilder values = new InputColumnBuilder();
        List<Integer> shape = new ArrayList<>();
        readArray(parser, 0, shape, values);
        InputColumn column = values.build();
        // A plain list may be one row or one column: which, only the model knows.
        require(shape.size() > 1 && (column instanceof InputColumn.Doubles || column instanceof InputColumn.Longs));
        var inner = List.copyOf(shape.subList(1, shape.size()));
        return new InputTable.Tensor(
                new InputTable.Layout(form, null, String.valueOf(column.typeCode()), inner), shape.getFirst(), column);
    }

    /** Reads to the end of an array that has begun; every array of one depth must be of one length. */
    private static void readArray(JsonParser parser, int depth, List<Integer> shape, InputColumnBuilder values) {
        boolean first = shape.size() == depth;
        if (first) {
            require(depth < 8);
            shape.add(-1);
        }
        int length = 0;
        boolean leaves = false;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == JsonToken.START_ARRAY) {
                require(!leaves && (values.size() == 0 || shape.size() > depth + 1));
                readArray(parser, depth + 1, shape, values);
            } else {
                leaves = true;
                require(shape.size() == depth + 1 && values.add(token, parser));
            }
            length++;
        }
        require(length > 0 && (shape.get(depth) == -1 || shape.get(depth) == length));
        shape.set(depth, length);
    }
}
