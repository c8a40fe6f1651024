package dev.kiroku.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Mapper of records to maps, lists and scalars, with the camel-case names of their components; enum constants by name. Thread-safe. */
public final class RecordMapper {
    private final RecordDescriptor.DescriptorCache descriptors = new RecordDescriptor.DescriptorCache();

    /** Returns the components that are not null, in their order. */
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

    /** Returns the snake-case name that the REST API has for a component. */
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
