package dev.kiroku.server.json;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.tracking.RunData;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/** Writes answers as MLflow's server does: nulls and empty lists are left out, int64 are numbers, NaN and infinities texts. */
public final class WireWriter {
    private final Shape.Cache shapes = new Shape.Cache();
    /**
     * What a run logged and registered models, as JSON: the store hands out the same record again while nothing changes. By identity, and no
     * longer than the record lives.
     */
    private final Cache<Record, SerializedString> written =
            Caffeine.newBuilder().weakKeys().build();

    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

    public byte[] toJson(Record answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(out, answer);
        }
        return bytes.toByteArray();
    }

    private SerializedString written(Record record) {
        return written.get(record, r -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
            try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
                writeRecord(out, r);
            }
            return new SerializedString(bytes.toString(StandardCharsets.UTF_8));
        });
    }

    private void write(JsonGenerator out, Object value) {
        switch (value) {
            case RunData data -> out.writeRawValue(written(data));
            case RegisteredModel model -> out.writeRawValue(written(model));
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
            Object value = field.read(record);
            if (value != null && (field.always() || !(value instanceof List<?> list && list.isEmpty()))) {
                out.writeName(field.written());
                write(out, value);
            }
        }
        out.writeEndObject();
    }
}
