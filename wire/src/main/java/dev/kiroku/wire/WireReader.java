package dev.kiroku.wire;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.JsonPath;
import dev.kiroku.model.tracking.LoggedModelStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reader of request records from JSON and query strings. It accepts what protocol buffers accept and MLflow's clients use: int64 as numbers
 * or strings, NaN and infinities bare or quoted, both spellings of names, null for absent fields, unknown fields. Invalid input is
 * {@code INVALID_PARAMETER_VALUE} with the field's name. Thread-safe.
 */
public final class WireReader {
    private static final int MAX_DEPTH = 100;
    /** A full log-batch has 15,000 tokens. A token of two bytes can take fifty bytes in memory. */
    private static final int MAX_TOKENS = 500_000;

    private static final int MAX_NUMBER_LENGTH = 400;
    private static final int MAX_TEXT_LENGTH = 64 << 20;
    private static final int MAX_QUOTED_LENGTH = 200;
    private static final String SEE_DOCS = " See the API docs for more information about request parameters.";

    private final RecordDescriptor.DescriptorCache descriptors = new RecordDescriptor.DescriptorCache();
    private final FastPathReader fastPath = new FastPathReader(descriptors);
    private final JsonMapper json = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxTokenCount(MAX_TOKENS)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxStringLength(MAX_TEXT_LENGTH)
                            .build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Returns the headers that may hold fields of a request, by field name. Their values are passed like path variables. */
    public Map<String, String> headerFields(Class<?> type) {
        Map<String, String> headers = new TreeMap<>();
        descriptors.get(type).fields().stream()
                .filter(field -> field.header() != null)
                .forEach(field -> headers.put(field.name(), field.header().value()));
        return headers;
    }

    /**
     * Reads a record from JSON.
     *
     * @param body JSON in UTF-8; an empty body is read like {@code {}}
     * @param pathVariables values for fields, which replace those of the body
     * @throws KirokuException with {@code BAD_REQUEST} if the body is not a JSON object, with {@code INVALID_PARAMETER_VALUE} if a field has
     *     a wrong value or is missing
     */
    public <Q extends Record> Q fromJson(byte[] body, Map<String, String> pathVariables, Class<Q> type) {
        Q request = pathVariables.isEmpty() ? readFastPath(body, type) : null;
        return request != null ? request : readLenient(body, pathVariables, type);
    }

    /** Reads all accepted forms and reports errors. */
    <Q extends Record> Q readLenient(byte[] body, Map<String, String> pathVariables, Class<Q> type) {
        ObjectNode node = readObject(body);
        pathVariables.forEach(node::put);
        return readRecord(node, type, JsonPath.ROOT);
    }

    /**
     * Reads a record from query parameters.
     *
     * @param parameters each name with its values in their order
     * @throws KirokuException as {@link #fromJson}
     */
    public <Q extends Record> Q fromQuery(
            Map<String, List<String>> parameters, Map<String, String> pathVariables, Class<Q> type) {
        ObjectNode node = json.createObjectNode();
        for (RecordDescriptor.FieldDescriptor field : descriptors.get(type).fields()) {
            List<String> values = parameters.getOrDefault(field.name(), List.of());
            String older = field.required() == null ? "" : field.required().alias();
            if (values.isEmpty() && !older.isEmpty()) {
                values = parameters.getOrDefault(older, List.of());
            }
            if (values.isEmpty()) {
                continue;
            }
            if (field.isList()) {
                values.forEach(node.withArray(field.name())::add);
            } else if (field.type() == Boolean.class) {
                node.put(field.name(), parseQueryBoolean(values.getFirst()));
            } else {
                node.put(field.name(), values.getFirst());
            }
        }
        pathVariables.forEach(node::put);
        return readRecord(node, type, JsonPath.ROOT);
    }

    private static boolean parseQueryBoolean(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("Invalid boolean value: %s, must be 'true' or 'false'.", abbreviate(value));
        };
    }

    /**
     * Reads a JSON object within the limits on requests: depth, number of tokens, length of numbers, valid UTF-8.
     *
     * @param body JSON in UTF-8; an empty body is read like {@code {}}
     * @throws KirokuException with {@code BAD_REQUEST} if the body is not a JSON object
     */
    public ObjectNode readObject(byte[] body) {
        if (isBlank(body)) {
            return json.createObjectNode();
        }
        try {
            JsonNode node = parseTree(body);
            // Old clients encode their JSON twice.
            JsonNode inner = node.isString() ? json.readTree(node.stringValue()) : node;
            return switch (inner) {
                case ObjectNode object -> object;
                case JsonNode nothing when nothing.isNull() || nothing.isMissingNode() -> json.createObjectNode();
                default ->
                    throw new KirokuException(
                            ErrorCode.BAD_REQUEST,
                            "The request body must be a JSON object, not " + pythonTypeName(inner) + ".");
            };
        } catch (JacksonException | IOException e) {
            if (e.getCause() instanceof CharacterCodingException || !(e instanceof JacksonException wrong)) {
                throw new KirokuException(ErrorCode.BAD_REQUEST, "The request body is not valid UTF-8.", e);
            }
            throw new KirokuException(
                    ErrorCode.BAD_REQUEST,
                    "The request body cannot be read as JSON: " + abbreviate(wrong.getOriginalMessage()) + " "
                            + formatLocation(wrong),
                    wrong);
        }
    }

    private JsonNode parseTree(byte[] body) throws IOException {
        if (isAscii(body)) {
            return json.readTree(body);
        }
        try (Reader text = strictUtf8Reader(withoutByteOrderMark(body))) {
            return json.readTree(text);
        }
    }

    /** Text writers of .NET begin with a byte order mark. */
    private static byte[] withoutByteOrderMark(byte[] body) {
        boolean marked = body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF;
        return marked ? Arrays.copyOfRange(body, 3, body.length) : body;
    }

    /**
     * Returns a reader that rejects malformed UTF-8, which Jackson's own decoder accepts in part. It decodes while reading, because the text
     * of a large body would take twice the body's memory.
     */
    private static Reader strictUtf8Reader(byte[] body) {
        return new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8.newDecoder());
    }

    /** Returns null if the request needs {@link #readLenient}. */
    <Q extends Record> Q readFastPath(byte[] body, Class<Q> type) {
        try (JsonParser in = isAscii(body) ? json.createParser(body) : json.createParser(strictUtf8Reader(body))) {
            return fastPath.read(in, type);
        } catch (JacksonException e) {
            return null;
        }
    }

    private static boolean isAscii(byte[] body) {
        int all = 0;
        for (byte b : body) {
            all |= b;
        }
        return all >= 0;
    }

    private static String formatLocation(JacksonException e) {
        return e.getLocation() == null
                ? ""
                : "(line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    private static boolean isBlank(byte[] body) {
        for (byte b : body) {
            if (!Character.isWhitespace(b)) {
                return false;
            }
        }
        return true;
    }

    private <T> T readRecord(JsonNode node, Class<T> type, JsonPath path) {
        if (!node.isObject()) {
            throw wrongType(node, path);
        }
        RecordDescriptor shape = descriptors.get(type);
        Object[] values = new Object[shape.fields().size()];
        for (int i = 0; i < values.length; i++) {
            RecordDescriptor.FieldDescriptor field = shape.fields().get(i);
            JsonPath fieldPath = path.field(field.name());
            values[i] = readField(findField(node, field, fieldPath), field, fieldPath);
        }
        return type.cast(shape.newInstance(values));
    }

    private static JsonNode findField(JsonNode node, RecordDescriptor.FieldDescriptor field, JsonPath path) {
        JsonNode value = node.get(field.name());
        JsonNode camel = field.camelCaseName().equals(field.name()) ? null : node.get(field.camelCaseName());
        if (camel != null) {
            if (value != null) {
                throw invalid(
                        "Request specifies both '%s' and '%s'; provide only one of them.",
                        field.name(), field.camelCaseName());
            }
            value = camel;
        }
        if (isAbsent(value)
                && field.required() != null
                && !field.required().alias().isEmpty()) {
            value = node.get(field.required().alias());
        }
        if (field.required() != null
                && (isAbsent(value) || value.isString() && value.stringValue().isEmpty())) {
            throw invalid("Missing value for required parameter '%s'." + SEE_DOCS, path);
        }
        return value;
    }

    private static boolean isAbsent(JsonNode value) {
        return value == null || value.isNull();
    }

    private Object readField(JsonNode node, RecordDescriptor.FieldDescriptor field, JsonPath path) {
        if (!field.isList()) {
            return isAbsent(node) ? field.defaultValue() : readValue(node, field.type(), path);
        }
        if (isAbsent(node)) {
            return field.defaultValue();
        }
        if (!node.isArray()) {
            throw wrongType(node, path);
        }
        List<Object> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(readValue(node.get(i), field.type(), path.item(i)));
        }
        return items;
    }

    private Object readValue(JsonNode node, Class<?> type, JsonPath path) {
        if (type == String.class) {
            if (!node.isString()) {
                throw wrongType(node, path);
            }
            return requireStorable(node.stringValue(), path);
        }
        if (type == Long.class || type == long.class) {
            return readWholeNumber(node, path, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == Integer.class || type == int.class) {
            return (int) readWholeNumber(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == Double.class || type == double.class) {
            return readDouble(node, path);
        }
        if (type == Boolean.class || type == boolean.class) {
            if (!node.isBoolean()) {
                throw wrongType(node, path);
            }
            return node.booleanValue();
        }
        if (type.isEnum()) {
            return readEnum(node, type, path);
        }
        return readRecord(node, type, path);
    }

    private static String requireStorable(String text, JsonPath path) {
        int at = StorableText.firstUnstorable(text);
        if (at >= 0) {
            throw invalid(
                    "Invalid value for parameter '%s' supplied: character %d is U+%04X, which cannot be stored.",
                    path, at + 1, (int) text.charAt(at));
        }
        return text;
    }

    /** Quoted numbers have the same maximum length as bare ones, because parsing a million digits takes too long. */
    private static boolean isTooLongForNumber(JsonNode node) {
        return node.isString() && node.stringValue().length() > MAX_NUMBER_LENGTH;
    }

    private static long readWholeNumber(JsonNode node, JsonPath path, long min, long max) {
        if ((node.isInt() || node.isLong()) && min == Long.MIN_VALUE && max == Long.MAX_VALUE) {
            return node.longValue();
        }
        if (isTooLongForNumber(node)) {
            throw wrongType(node, path);
        }
        BigInteger number;
        try {
            BigDecimal decimal = switch (node) {
                case JsonNode n
                when n.isString() ->
                    // Clients in R write 100000 as 1e+05.
                    new BigDecimal(n.stringValue().strip());
                case JsonNode n when n.isNumber() && !isNaNOrInfinite(n) -> n.decimalValue();
                default -> throw wrongType(node, path);
            };
            // Other scales are not whole numbers or do not fit into 64 bits; expanding them would take memory.
            if (decimal.scale() < -20 || decimal.stripTrailingZeros().scale() > 0) {
                throw wrongType(node, path);
            }
            number = decimal.toBigIntegerExact();
        } catch (NumberFormatException e) {
            throw wrongType(node, path);
        }
        if (number.compareTo(BigInteger.valueOf(min)) < 0 || number.compareTo(BigInteger.valueOf(max)) > 0) {
            throw invalid(
                    "Invalid value %s for parameter '%s' supplied: it must be between %d and %d." + SEE_DOCS,
                    quote(node),
                    path,
                    min,
                    max);
        }
        return number.longValue();
    }

    private static boolean isNaNOrInfinite(JsonNode node) {
        return node.isFloatingPointNumber() && !node.isBigDecimal() && !Double.isFinite(node.doubleValue());
    }

    private static double readDouble(JsonNode node, JsonPath path) {
        if (node.isNumber()) {
            return node.numberValue()
                    .doubleValue(); // infinite for a number that is too large, as if it had an exponent
        }
        if (!node.isString() || isTooLongForNumber(node)) {
            throw wrongType(node, path);
        }
        String text = node.stringValue();
        return switch (text) {
            case "NaN", "nan" -> Double.NaN;
            case "Infinity", "inf" -> Double.POSITIVE_INFINITY;
            case "-Infinity", "-inf" -> Double.NEGATIVE_INFINITY;
            default -> {
                if (!text.matches("\\s*[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?\\s*")) {
                    throw wrongType(node, path);
                }
                yield Double.parseDouble(text);
            }
        };
    }

    /** Reads an enum constant by name or by the protocol's number. */
    private static Object readEnum(JsonNode node, Class<?> type, JsonPath path) {
        Object[] constants = type.getEnumConstants();
        if (node.isString()) {
            for (Object constant : constants) {
                if (((Enum<?>) constant).name().equals(node.stringValue())) {
                    return constant;
                }
            }
        }
        boolean isNumber =
                node.isIntegralNumber() || node.isString() && node.stringValue().matches("\\d{1,4}");
        if (isNumber) {
            long first = type == LoggedModelStatus.class ? 0 : 1;
            long index = readWholeNumber(node, path, Integer.MIN_VALUE, Integer.MAX_VALUE) - first;
            if (index >= 0 && index < constants.length) {
                return constants[(int) index];
            }
        }
        throw invalid(
                "Invalid value %s for parameter '%s' supplied: it must be one of %s." + SEE_DOCS,
                quote(node),
                path,
                List.of(constants));
    }

    private static KirokuException wrongType(JsonNode node, JsonPath path) {
        return invalid(
                "Invalid value %s for parameter '%s' supplied:  Hint: Value was of type '%s'." + SEE_DOCS,
                quote(node),
                path,
                pythonTypeName(node));
    }

    /** Returns the type's name in Python, as MLflow's messages have it. */
    private static String pythonTypeName(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "list";
            case OBJECT -> "dict";
            case STRING -> "str";
            case BOOLEAN -> "bool";
            case NULL, MISSING -> "NoneType";
            default -> node.isIntegralNumber() ? "int" : "float";
        };
    }

    private static String quote(JsonNode node) {
        return abbreviate(node.toString());
    }

    private static String abbreviate(String text) {
        return text.length() <= MAX_QUOTED_LENGTH ? text : text.substring(0, MAX_QUOTED_LENGTH) + "…";
    }
}
