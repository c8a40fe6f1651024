package dev.kiroku.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records as maps, lists and plain values, by the names of their components in camel case; constants by their names. */
public final class RecordMapper {
    private final RecordDescriptor.DescriptorCache descriptors = new RecordDescriptor.DescriptorCache();

    /** What is null in the record is left out. */
    public Map<String, Object> toMap(Record record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (RecordDescriptor.FieldDescriptor field :
                descriptors.get(record.getClass()).fields()) {
            Object value = field.get(record);
            if (value != null) {
                fields.put(field.camelCaseName(), toPlainValue(value));
            }
        }
        return fields;
    }

    /** What the REST API calls what is {@code camelName} here. */
    public static String wireName(String camelName) {
        return RecordDescriptor.toSnakeCase(camelName);
    }

    private Object toPlainValue(Object value) {
        return switch (value) {
            case Record record -> toMap(record);
            case List<?> items -> items.stream().map(this::toPlainValue).toList();
            case Enum<?> constant -> constant.name();
            default -> value;
        };
    }
}
