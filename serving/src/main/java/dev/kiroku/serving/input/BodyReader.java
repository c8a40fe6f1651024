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
public final class BodyReader {
    private final JsonFactory json = new JsonFactory();

    /** Thrown to leave from any depth; the body is for Python. */
    private static final class NotPlain extends RuntimeException {
        NotPlain() {
            super(null, null, false, false);
        }
    }

    /** Empty when the body is for Python to read. */
    public Optional<Table> read(byte[] body) {
        try (JsonParser parser = json.createParser(tools.jackson.core.ObjectReadContext.empty(), body)) {
            expect(parser.nextToken() == JsonToken.START_OBJECT);
            Table table = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (name.equals("params")) {
                    expect(parser.nextToken() == JsonToken.VALUE_NULL);
                    continue;
                }
                expect(table == null);
                table = switch (name) {
                    case "dataframe_split" -> split(parser);
                    case "dataframe_records" -> records(parser);
                    case "inputs" -> tensor(parser, 'i');
                    case "instances" -> tensor(parser, 'n');
                    default -> throw new NotPlain();
                };
            }
            expect(parser.currentToken() == JsonToken.END_OBJECT
                    && parser.nextToken() == null
                    && table != null
                    && table.rows() > 0);
            return Optional.of(table);
        } catch (JacksonException | NotPlain e) {
            return Optional.empty();
        }
    }

    private static void expect(boolean plain) {
        if (!plain) {
            throw new NotPlain();
        }
    }

    private static Table split(JsonParser parser) {
        expect(parser.nextToken() == JsonToken.START_OBJECT);
        List<String> names = null;
        List<ColumnBuilder> columns = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            switch (parser.currentName()) {
                case "columns" -> {
                    expect(names == null);
                    names = names(parser);
                }
                case "data" -> {
                    expect(columns == null);
                    columns = rows(parser);
                }
                default -> throw new NotPlain();
            }
        }
        expect(columns != null && (names == null || names.size() == columns.size()));
        return frame(names, columns);
    }

    private static Table frame(List<String> names, List<ColumnBuilder> columns) {
        expect(!columns.isEmpty());
        int rows = columns.getFirst().size();
        expect(rows > 0);
        return Table.Frame.of(
                names, rows, columns.stream().map(ColumnBuilder::build).toList());
    }

    private static List<String> names(JsonParser parser) {
        expect(parser.nextToken() == JsonToken.START_ARRAY);
        List<String> names = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken() == JsonToken.VALUE_STRING && ColumnBuilder.isUnicode(parser.getString()));
            names.add(parser.getString());
        }
        distinct(names);
        return List.copyOf(names);
    }

    private static void distinct(List<String> names) {
        expect(new HashSet<>(names).size() == names.size());
    }

    private static List<ColumnBuilder> rows(JsonParser parser) {
        expect(parser.nextToken() == JsonToken.START_ARRAY);
        List<ColumnBuilder> columns = new ArrayList<>();
        for (int row = 0; parser.nextToken() != JsonToken.END_ARRAY; row++) {
            expect(parser.currentToken() == JsonToken.START_ARRAY);
            int column = 0;
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (row == 0) {
                    columns.add(new ColumnBuilder());
                }
                expect(column < columns.size() && columns.get(column).add(token, parser));
                column++;
            }
            expect(column == columns.size());
        }
        return columns;
    }

    /** Every record must name the same columns in the same order. */
    private static Table records(JsonParser parser) {
        expect(parser.nextToken() == JsonToken.START_ARRAY);
        List<String> names = new ArrayList<>();
        List<ColumnBuilder> columns = new ArrayList<>();
        for (int row = 0; parser.nextToken() != JsonToken.END_ARRAY; row++) {
            expect(parser.currentToken() == JsonToken.START_OBJECT);
            int column = 0;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (row == 0) {
                    expect(ColumnBuilder.isUnicode(name));
                    names.add(name);
                    columns.add(new ColumnBuilder());
                }
                expect(column < names.size() && names.get(column).equals(name));
                expect(columns.get(column).add(parser.nextToken(), parser));
                column++;
            }
            expect(column == columns.size());
        }
        distinct(names);
        return frame(List.copyOf(names), columns);
    }

    private static Table tensor(JsonParser parser, char form) {
        expect(parser.nextToken() == JsonToken.START_ARRAY);
        ColumnBuilder values = new ColumnBuilder();
        List<Integer> shape = new ArrayList<>();
        array(parser, 0, shape, values);
        Column column = values.build();
        // A plain list may be one row or one column: which, only the model knows.
        expect(shape.size() > 1 && (column instanceof Column.Doubles || column instanceof Column.Longs));
        var inner = List.copyOf(shape.subList(1, shape.size()));
        return new Table.Tensor(
                new Table.Layout(form, null, String.valueOf(column.type()), inner), shape.getFirst(), column);
    }

    /** Reads to the end of an array that has begun; every array of one depth must be of one length. */
    private static void array(JsonParser parser, int depth, List<Integer> shape, ColumnBuilder values) {
        boolean first = shape.size() == depth;
        if (first) {
            expect(depth < 8);
            shape.add(-1);
        }
        int length = 0;
        boolean leaves = false;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == JsonToken.START_ARRAY) {
                expect(!leaves && (values.size() == 0 || shape.size() > depth + 1));
                array(parser, depth + 1, shape, values);
            } else {
                leaves = true;
                expect(shape.size() == depth + 1 && values.add(token, parser));
            }
            length++;
        }
        expect(length > 0 && (shape.get(depth) == -1 || shape.get(depth) == length));
        shape.set(depth, length);
    }
}
