package dev.kiroku.core.audit;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON with exactly one form for each value, so that equal values have equal hashes: members sorted by name, no white
 * space, the fewest escapes that JSON permits, no members that are null. Records become objects whose members are named
 * after the components, in snake case.
 */
public final class CanonicalJson {
    private CanonicalJson() {}

    /** Returns the JSON of a value, or null for null. */
    public static @Nullable String encode(@Nullable Object value) {
        return value == null ? null : append(new StringBuilder(), value).toString();
    }

    /** Returns the SHA-256 hash of a value's JSON, in hexadecimal. */
    public static String digest(Object value) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(append(new StringBuilder(), value).toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static StringBuilder append(StringBuilder to, Object value) {
        switch (value) {
            case String text -> quote(to, text);
            case Boolean truth -> to.append(truth);
            case Long number -> to.append(number);
            case Integer number -> to.append(number);
            case Double number when Double.isFinite(number) -> to.append(number);
            case Double number -> quote(to, number.toString());
            case Enum<?> constant -> quote(to, constant.name());
            case Collection<?> items -> array(to, items);
            case Map<?, ?> map -> object(to, map);
            case Record record -> object(to, fields(record));
            default -> throw new IllegalArgumentException("not supported as JSON: " + value.getClass());
        }
        return to;
    }

    private static void array(StringBuilder to, Collection<?> items) {
        to.append('[');
        for (Iterator<?> all = items.iterator(); all.hasNext(); ) {
            Object item = all.next();
            if (item == null) {
                to.append("null");
            } else {
                append(to, item);
            }
            to.append(all.hasNext() ? "," : "");
        }
        to.append(']');
    }

    private static void object(StringBuilder to, Map<?, ?> map) {
        to.append('{');
        String separator = "";
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((name, value) -> sorted.put(name.toString(), value));
        for (Map.Entry<String, Object> field : sorted.entrySet()) {
            if (field.getValue() != null) {
                to.append(separator);
                quote(to, field.getKey());
                append(to.append(':'), field.getValue());
                separator = ",";
            }
        }
        to.append('}');
    }

    private static Map<String, @Nullable Object> fields(Record record) {
        Map<String, @Nullable Object> fields = new TreeMap<>();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            try {
                fields.put(
                        toSnakeCase(component.getName()),
                        component.getAccessor().invoke(record));
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(record.getClass() + " is not a public record", e);
            }
        }
        return fields;
    }

    private static String toSnakeCase(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static void quote(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                default -> {
                    if (c < ' ') {
                        to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
        to.append('"');
    }
}
