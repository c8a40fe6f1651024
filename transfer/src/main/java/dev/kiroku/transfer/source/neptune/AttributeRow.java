package dev.kiroku.transfer.source.neptune;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of an archive: an attribute, or a point of a series.
 *
 * @param path of the attribute, such as {@code config/lr}
 * @param type such as {@code float_series}
 * @param step 0 if it has none
 * @param timestamp milliseconds since 1970; 0 if it has none
 * @param value of an attribute, or the number of a point; null for other types, or if it is missing
 * @param file the path of a file, if it is one
 */
record AttributeRow(
        String path,
        String type,
        double step,
        long timestamp,
        @Nullable Object value,
        @Nullable String file) {
    static final List<String> COLUMNS = List.of(
            "attribute_path",
            "attribute_type",
            "step",
            "timestamp",
            "int_value",
            "float_value",
            "string_value",
            "bool_value",
            "datetime_value",
            "string_set_value.list.element",
            "file_value.path",
            "string_set_value.list.item");
    private static final String POINTS = "float_series";

    interface Consumer {
        void accept(AttributeRow row) throws IOException;
    }

    static AttributeRow of(@Nullable Object[] values) {
        String type = text(values[1]);
        Object value = switch (type) {
            case "int" -> values[4];
            case "float", POINTS -> values[5];
            case "string" -> values[6];
            case "bool" -> values[7];
            case "datetime" -> values[8];
            // Releases of pyarrow name the items in two ways.
            case "string_set" -> values[9] == null ? values[11] : values[9];
            default -> null;
        };
        return new AttributeRow(
                text(values[0]),
                type,
                values[2] instanceof Double step ? step : 0,
                values[3] instanceof Long timestamp ? Math.max(0, timestamp) : 0,
                value,
                values[10] instanceof String file ? file : null);
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    /** Returns whether it is a point of a metric. */
    boolean isPoint() {
        return type.equals(POINTS) && value instanceof Double;
    }
}
