package dev.kiroku.wire;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.tracking.RunData;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * Writer of responses as MLflow's server writes them: nulls, empty lists and empty maps are omitted, int64 are numbers, NaN and infinities
 * strings. Thread-safe.
 */
public final class WireWriter {
    private final RecordDescriptor.DescriptorCache descriptors = new RecordDescriptor.DescriptorCache();
    /**
     * The JSON of run data and registered models. Stores return the same record while nothing changes, so the cache is by identity; weak keys
     * drop an entry with its record.
     */
    private final Cache<Record, SerializedString> encodedRecords =
            Caffeine.newBuilder().weakKeys().build();

    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

    /** Returns the JSON of a record in UTF-8. */
    public byte[] toJson(Record answer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
            writeValue(out, answer);
        }
        return bytes.toByteArray();
    }

    private SerializedString getEncoded(Record record) {
        return encodedRecords.get(record, r -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
            try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), bytes)) {
                writeRecord(out, r);
            }
            return new SerializedString(bytes.toString(StandardCharsets.UTF_8));
        });
    }

    private void writeValue(JsonGenerator out, Object value) {
        switch (value) {
            case RunData data -> out.writeRawValue(getEncoded(data));
            case RegisteredModel model -> out.writeRawValue(getEncoded(model));
            case null -> out.writeNull(); // an absent item of a list
            case String text -> out.writeString(text);
            case Long number -> out.writeNumber(number);
            case Integer number -> out.writeNumber(number);
            case Double number -> out.writeNumber(number);
            case Boolean truth -> out.writeBoolean(truth);
            case Enum<?> constant -> out.writeString(constant.name());
            case List<?> items -> {
                out.writeStartArray();
                items.forEach(item -> writeValue(out, item));
                out.writeEndArray();
            }
            case Map<?, ?> entries -> {
                out.writeStartObject();
                entries.forEach((name, entry) -> {
                    out.writeName((String) name);
                    writeValue(out, entry);
                });
                out.writeEndObject();
            }
            case Record fields -> writeRecord(out, fields);
            default -> throw new IllegalArgumentException("no JSON form for " + value.getClass());
        }
    }

    private void writeRecord(JsonGenerator out, Record record) {
        out.writeStartObject();
        for (RecordDescriptor.FieldDescriptor field :
                descriptors.get(record.getClass()).fields()) {
            Object value = field.get(record);
            if (field.writtenWhenEmpty() || value != null && !isEmpty(value)) {
                out.writeName(field.encodedName());
                writeValue(out, value);
            }
        }
        out.writeEndObject();
    }

    private static boolean isEmpty(Object value) {
        return value instanceof List<?> list && list.isEmpty() || value instanceof Map<?, ?> map && map.isEmpty();
    }
}
