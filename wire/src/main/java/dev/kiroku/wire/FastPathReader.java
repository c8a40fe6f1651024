package dev.kiroku.wire;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;

/**
 * Fast path of {@link WireReader} for requests in the usual form: each field once, by its snake-case name, with a value of its own type. It
 * builds records directly from tokens, which takes a third of the time of a JSON tree. Anything else, valid or not, makes it give up, and
 * {@link WireReader} reads the request again.
 */
final class FastPathReader {
    /** Thrown if a request is not in the usual form. Without a stack trace: it is control flow. */
    private static final class FastPathMissException extends RuntimeException {
        private static final long serialVersionUID = 1;

        FastPathMissException() {
            super(null, null, false, false);
        }
    }

    private final RecordDescriptor.DescriptorCache descriptors;

    FastPathReader(RecordDescriptor.DescriptorCache shapes) {
        this.descriptors = shapes;
    }

    /**
     * Returns the request, or null if it is not in the usual form.
     *
     * @param in a parser before its first token
     */
    <Q extends Record> Q read(JsonParser in, Class<Q> type) {
        try {
            in.nextToken();
            Q request = type.cast(readRecord(in, type));
            requireFastPath(in.nextToken() == null);
            return request;
        } catch (FastPathMissException | JacksonException e) {
            return null;
        }
    }

    private static void requireFastPath(boolean usual) {
        if (!usual) {
            throw new FastPathMissException();
        }
    }

    private Object readRecord(JsonParser in, Class<?> type) {
        requireFastPath(in.currentToken() == JsonToken.START_OBJECT);
        RecordDescriptor shape = descriptors.get(type);
        List<RecordDescriptor.FieldDescriptor> fields = shape.fields();
        Object[] values = new Object[fields.size()];
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            Integer index = shape.indexes().get(name);
            JsonToken token = in.nextToken();
            if (index == null) {
                in.skipChildren();
                continue;
            }
            requireFastPath(index != RecordDescriptor.ALTERNATE_NAME && values[index] == null);
            if (token != JsonToken.VALUE_NULL) {
                values[index] = readField(in, fields.get(index));
            }
        }
        requireFastPath(in.currentToken() == JsonToken.END_OBJECT);
        for (int i = 0; i < values.length; i++) {
            RecordDescriptor.FieldDescriptor field = fields.get(i);
            requireFastPath(field.required() == null || values[i] != null && !values[i].equals(""));
            if (values[i] == null) {
                values[i] = field.defaultValue();
            }
        }
        return shape.newInstance(values);
    }

    private Object readField(JsonParser in, RecordDescriptor.FieldDescriptor field) {
        if (!field.isList()) {
            return readValue(in, field.type());
        }
        requireFastPath(in.currentToken() == JsonToken.START_ARRAY);
        List<Object> items = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            items.add(readValue(in, field.type()));
        }
        return items;
    }

    private Object readValue(JsonParser in, Class<?> type) {
        JsonToken token = in.currentToken();
        if (type == String.class) {
            requireFastPath(token == JsonToken.VALUE_STRING);
            String text = in.getString();
            requireFastPath(StorableText.firstUnstorable(text) < 0);
            return text;
        }
        if (type == Double.class || type == double.class) {
            if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                return in.getDoubleValue();
            }
            return (double) readLong(in, token);
        }
        if (type == Long.class || type == long.class) {
            return readLong(in, token);
        }
        if (type == Integer.class || type == int.class) {
            requireFastPath(token == JsonToken.VALUE_NUMBER_INT && in.getNumberType() == NumberType.INT);
            return in.getIntValue();
        }
        if (type == Boolean.class || type == boolean.class) {
            requireFastPath(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE);
            return token == JsonToken.VALUE_TRUE;
        }
        if (type.isEnum()) {
            requireFastPath(token == JsonToken.VALUE_STRING);
            return parseEnum(in.getString(), type);
        }
        return readRecord(in, type);
    }

    private static long readLong(JsonParser in, JsonToken token) {
        requireFastPath(token == JsonToken.VALUE_NUMBER_INT && in.getNumberType() != NumberType.BIG_INTEGER);
        return in.getLongValue();
    }

    private static Object parseEnum(String name, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new FastPathMissException();
    }
}
