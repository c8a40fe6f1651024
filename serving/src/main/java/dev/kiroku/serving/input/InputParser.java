package dev.kiroku.serving.input;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Streaming parser for the usual request bodies: data frames and tensors whose columns have values of one type, none of them missing. All
 * other bodies, valid or not, are left to Python, where MLflow's parser defines their meaning.
 *
 * <p>Thread-safe.
 */
public final class InputParser {
    private static final int MAX_NAME_LENGTH = 0xffff / 3;

    private final JsonFactory json = new JsonFactory();

    /** Ends parsing, because the body has to be left to Python. It has no stack trace, which would cost more than the parsing. */
    private static final class UnsupportedInputException extends RuntimeException {
        UnsupportedInputException() {
            super(null, null, false, false);
        }
    }

    /**
     * Parses a body of JSON.
     *
     * @return empty when Python has to parse the body
     */
    public Optional<InputTable> parse(byte[] body) {
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
            require(parser.nextToken() == JsonToken.START_OBJECT);
            @Nullable InputTable table = null;
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
            require(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null);
            return Optional.ofNullable(table).filter(parsed -> parsed.rows() > 0);
        } catch (JacksonException | UnsupportedInputException e) {
            return Optional.empty();
        }
    }

    private static void require(boolean supported) {
        if (!supported) {
            throw new UnsupportedInputException();
        }
    }

    private static InputTable readSplitFrame(JsonParser parser) {
        require(parser.nextToken() == JsonToken.START_OBJECT);
        @Nullable List<String> names = null;
        @Nullable List<InputColumnBuilder> columns = null;
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
        if (columns == null) {
            throw new UnsupportedInputException();
        }
        require(names == null || names.size() == columns.size());
        return buildFrame(names, columns);
    }

    private static InputTable buildFrame(@Nullable List<String> names, List<InputColumnBuilder> columns) {
        require(!columns.isEmpty());
        int rows = columns.getFirst().size();
        require(rows > 0);
        return InputTable.DataFrame.of(
                names, rows, columns.stream().map(InputParser::build).toList());
    }

    private static InputColumn build(InputColumnBuilder column) {
        return column.build().orElseThrow(UnsupportedInputException::new);
    }

    private static List<String> readNames(JsonParser parser) {
        require(parser.nextToken() == JsonToken.START_ARRAY);
        List<String> names = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            require(parser.currentToken() == JsonToken.VALUE_STRING
                    && InputColumnBuilder.isValidUnicode(parser.getString()));
            names.add(parser.getString());
        }
        requireValidNames(names);
        return List.copyOf(names);
    }

    /** Frames to workers have 16 bits for the length of a name in UTF-8. */
    private static void requireValidNames(List<String> names) {
        require(new HashSet<>(names).size() == names.size());
        require(names.stream().allMatch(name -> name.length() <= MAX_NAME_LENGTH));
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

    /** Reads records, which must have the same columns in the same order. */
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
        requireValidNames(names);
        return buildFrame(List.copyOf(names), columns);
    }

    private static InputTable readTensor(JsonParser parser, char format) {
        require(parser.nextToken() == JsonToken.START_ARRAY);
        InputColumnBuilder values = new InputColumnBuilder();
        List<Integer> shape = new ArrayList<>();
        readArray(parser, 0, shape, values);
        InputColumn column = build(values);
        // A list of numbers may be one row or one column, which depends on the model's signature.
        require(shape.size() > 1 && (column instanceof InputColumn.Doubles || column instanceof InputColumn.Longs));
        List<Integer> rowShape = List.copyOf(shape.subList(1, shape.size()));
        return new InputTable.Tensor(
                new InputTable.Layout(format, null, String.valueOf(column.typeCode()), rowShape),
                shape.getFirst(),
                column);
    }

    /**
     * Reads an array up to its end. All arrays of one depth must have the same length.
     *
     * @param shape receives the lengths by depth; -1 while the first array of a depth is read
     */
    private static void readArray(JsonParser parser, int depth, List<Integer> shape, InputColumnBuilder values) {
        boolean first = shape.size() == depth;
        if (first) {
            require(depth < 8);
            shape.add(-1);
        }
        int length = 0;
        boolean hasNumbers = false;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == JsonToken.START_ARRAY) {
                require(!hasNumbers && (values.size() == 0 || shape.size() > depth + 1));
                readArray(parser, depth + 1, shape, values);
            } else {
                hasNumbers = true;
                require(shape.size() == depth + 1 && values.add(token, parser));
            }
            length++;
        }
        require(length > 0 && (shape.get(depth) == -1 || shape.get(depth) == length));
        shape.set(depth, length);
    }
}
