package dev.kiroku.server.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records as maps, lists and plain values, by the names of their components in camel case; constants by their names. */
public final class RecordTree {
    private final Shape.Cache shapes = new Shape.Cache();

    /** What is null in the record is left out. */
    public Map<String, Object> of(Record record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Shape.Field field : shapes.get(record.getClass()).fields()) {
            Object value = field.read(record);
            if (value != null) {
                fields.put(field.camelName(), plain(value));
            }
        }
        return fields;
    }

    /** What the REST API calls what is {@code camelName} here. */
    public static String wireName(String camelName) {
        return Shape.snake(camelName);
    }

    private Object plain(Object value) {
        return switch (value) {
            case Record record -> of(record);
            case List<?> items -> items.stream().map(this::plain).toList();
            case Enum<?> constant -> constant.name();
            default -> value;
        };
    }
}
