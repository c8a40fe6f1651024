package dev.kiroku.server.json;

import java.io.ByteArrayOutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.ObjectWriteContext;

/** Writes answers as MLflow's server does: nulls and empty lists are left out, int64 are numbers, NaN and infinities texts. */
public final class WireWriter {
    private final Shape.Cache shapes = new Shape.Cache();
    private final JsonFactory json = JsonFactory.builder().enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

    public byte[] toJson(Record answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(out, answer);
        }
        return bytes.toByteArray();
    }

    private void write(JsonGenerator out, Object value) {
        switch (value) {
            case null -> out.writeNull(); // a gap in a list
            case String text -> out.writeString(text);
            case Long number -> out.writeNumber(number);
            case Integer number -> out.writeNumber(number);
            case Double number -> out.writeNumber(number);
            case Boolean truth -> out.writeBoolean(truth);
            case Enum<?> constant -> out.writeString(constant.name());
            case List<?> items -> {
                out.writeStartArray();
                items.forEach(item -> write(out, item));
                out.writeEndArray();
            }
            case Record fields -> writeRecord(out, fields);
            default -> throw new IllegalArgumentException("the wire knows no " + value.getClass());
        }
    }

    private void writeRecord(JsonGenerator out, Record record) {
        out.writeStartObject();
        for (Shape.Field field : shapes.get(record.getClass()).fields()) {
            Object value = read(field, record);
            if (value != null && (field.always() || !(value instanceof List<?> list && list.isEmpty()))) {
                out.writeName(field.name());
                write(out, value);
            }
        }
        out.writeEndObject();
    }

    private static Object read(Shape.Field field, Record record) {
        try {
            return field.accessor().invokeExact((Object) record);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
