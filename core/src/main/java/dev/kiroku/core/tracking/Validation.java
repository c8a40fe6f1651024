package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.Strings;
import dev.kiroku.model.api.JsonPath;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Metric;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validation of names, keys and values in tracking: the maximum lengths of params, tags and names, and their allowed characters. The rules
 * and limits are those of the validation module of MLflow 3.17.2.
 */
public final class Validation {
    static final int MAX_METRICS = 1000;
    static final int MAX_PARAMS_OR_TAGS = 100;
    static final int MAX_ENTITIES = 1000;
    static final int MAX_KEY = 250;
    static final int MAX_PARAM_VALUE = 6000;
    static final int MAX_TAG_VALUE = 8000;
    static final int MAX_EXPERIMENT_NAME = 500;
    static final int MAX_EXPERIMENT_TAG_VALUE = 20_000;
    static final int MAX_RESULTS = 50_000;

    private static final Pattern NAME = Pattern.compile("[/\\w.\\- :]*", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern RUN_ID =
            Pattern.compile("[a-zA-Z0-9][\\w\\-]{0,255}", Pattern.UNICODE_CHARACTER_CLASS);

    private Validation() {}

    /** Returns {@code name}; throws INVALID_PARAMETER_VALUE if it is not a valid name. */
    static String requireExperimentName(@Nullable String name) {
        if (name == null || name.isBlank()) {
            throw invalid("Invalid experiment name: '%s'", name);
        }
        requireMaxLength(MAX_EXPERIMENT_NAME, name, "name");
        return name;
    }

    static void requireExperimentTag(KeyValue tag) {
        requireName(tag.key(), JsonPath.ROOT, "key", () -> missingParameter("key"));
        requireMaxLength(MAX_KEY, tag.key(), "key");
        requireMaxLength(MAX_EXPERIMENT_TAG_VALUE, tag.value(), "value");
    }

    /** Returns an experiment ID as a number; the ID of the default experiment if it is null or empty. */
    public static long parseExperimentId(@Nullable String id) {
        if (id == null || id.isEmpty()) {
            return ExperimentStore.DEFAULT_ID;
        }
        try {
            return Long.parseLong(id.strip());
        } catch (NumberFormatException e) {
            throw invalid(
                    "Invalid experiment id '%s': it must be a whole number, as the answer to experiments/create gives it.",
                    abbreviate(id));
        }
    }

    /** Throws INVALID_PARAMETER_VALUE if a text is not a valid run ID. */
    public static void requireRunId(String runId) {
        if (!RUN_ID.matcher(runId).matches()) {
            throw invalidValue(runId, "run_id", "");
        }
    }

    /** Throws INVALID_PARAMETER_VALUE if the key or the timestamp of a point is not valid. */
    public static void requireMetric(Metric m, JsonPath path) {
        requireName(m.key(), path, "name", () -> invalidValue("", path.field("name"), ": Metric name cannot be None."));
        if (m.timestamp() < 0) {
            throw invalid(
                    "Invalid value %d for parameter '%s' supplied: metric '%s' (value=%s). Timestamp must be a nonnegative long (64-bit integer) ",
                    m.timestamp(), path.field("timestamp"), m.key(), m.value());
        }
        requireMaxLength(MAX_KEY, m.key(), "Metric name");
    }

    /** Returns the param as it is stored: a missing value is empty, a long one is truncated or refused. */
    public static KeyValue normalizeParam(KeyValue p, JsonPath path, boolean truncate) {
        requireName(p.key(), path, "key", () -> invalidValue("", path.field("key"), ""));
        requireMaxLength(MAX_KEY, p.key(), "Param key");
        return new KeyValue(p.key(), limit(p.value(), MAX_PARAM_VALUE, "Param value", truncate));
    }

    /** Returns the tag as it is stored: a missing value is empty, a long one is truncated or refused. */
    public static KeyValue normalizeTag(KeyValue t, JsonPath path, boolean truncate) {
        requireName(t.key(), path, "key", () -> missingParameter(path.field("key")));
        requireMaxLength(MAX_KEY, t.key(), path.field("key"));
        return new KeyValue(t.key(), limit(t.value(), MAX_TAG_VALUE, path.field("value"), truncate));
    }

    static void requireBatchLimits(Collection<?> metrics, Collection<?> params, Collection<?> tags) {
        requireBatchLimits("metrics", MAX_METRICS, metrics.size());
        requireBatchLimits("params", MAX_PARAMS_OR_TAGS, params.size());
        requireBatchLimits("tags", MAX_PARAMS_OR_TAGS, tags.size());
        requireBatchLimits("metrics, params, and tags", MAX_ENTITIES, metrics.size() + params.size() + tags.size());
    }

    private static void requireBatchLimits(String what, int limit, int size) {
        if (size > limit) {
            throw invalid(
                    "A batch logging request can contain at most %d %s. Got %d %s. Please split up %s across multiple requests and try again.",
                    limit, what, size, what, what);
        }
    }

    /** Throws INVALID_PARAMETER_VALUE if a key occurs twice. */
    public static void requireUniqueKeys(List<KeyValue> params) {
        var seen = new java.util.HashSet<String>();
        List<String> twice = params.stream()
                .map(KeyValue::key)
                .filter(k -> !seen.add(k))
                .map(k -> "'" + k + "'")
                .toList();
        if (!twice.isEmpty()) {
            throw invalid(
                    "Duplicate parameter keys have been submitted: %s. Please ensure the request contains only one param value per param key.",
                    twice);
        }
    }

    /** Throws INVALID_PARAMETER_VALUE if a field of a dataset is too long. */
    public static void requireDataset(DatasetInput input) {
        Dataset d = input.dataset();
        if (d == null) {
            throw invalid("Dataset cannot be None");
        }
        requireMaxLength(500, d.name(), "name");
        requireMaxLength(36, d.digest(), "digest");
        requireMaxLength(65_535, d.source(), "source");
        requireMaxLength(1_048_575, d.schema(), "schema");
        requireMaxLength(16_777_215, d.profile(), "profile");
        for (KeyValue tag : input.tags()) {
            requireMaxLength(255, tag.key(), "key");
            requireMaxLength(500, tag.value(), "value");
        }
    }

    /** Throws INVALID_PARAMETER_VALUE if a name is not one that a logged model can have; null is accepted. */
    public static void requireLoggedModelName(@Nullable String name) {
        if (name != null && (name.isEmpty() || name.chars().anyMatch(c -> "/:.%\"'".indexOf(c) >= 0))) {
            throw invalid(
                    "Invalid model name ('%s') provided. Model name must be a non-empty string and cannot contain the following characters: "
                            + "/ : . %% \" '",
                    abbreviate(name));
        }
    }

    /** Returns {@code requested} if it is a valid size of a page, or {@code defaultValue} if it is null. */
    static int parseMaxResults(@Nullable Number requested, int defaultValue) {
        long max = requested == null ? defaultValue : requested.longValue();
        if (max < 1) {
            throw invalid("Invalid value %d for parameter 'max_results' supplied. It must be a positive integer", max);
        }
        if (max > MAX_RESULTS) {
            throw invalid(
                    "Invalid value %d for parameter 'max_results' supplied. It must be at most %d", max, MAX_RESULTS);
        }
        return (int) max;
    }

    /** Returns {@code all}; throws INVALID_PARAMETER_VALUE if an item has no key. */
    public static List<KeyValue> requireKeys(List<KeyValue> all, String list) {
        requireText(all, KeyValue::key, list, "key");
        return all;
    }

    /** Throws INVALID_PARAMETER_VALUE if a field of an item is null or empty. */
    public static <T> void requireText(List<T> items, Function<T, @Nullable String> field, String list, String name) {
        for (int i = 0; i < items.size(); i++) {
            String value = field.apply(items.get(i));
            if (value == null || value.isEmpty()) {
                throw missingParameter(JsonPath.ROOT.field(list).item(i).field(name));
            }
        }
    }

    /** @param path a string or a {@link JsonPath} */
    static KirokuException missingParameter(Object path) {
        return invalid(
                "Missing value for required parameter '%s'. See the API docs for more information about request parameters.",
                path);
    }

    /** @param ifMissing only called if the name is null: creating exceptions for every name of a batch would be slow */
    private static void requireName(
            @Nullable String name, JsonPath path, String field, Supplier<KirokuException> ifMissing) {
        if (name == null) {
            throw ifMissing.get();
        }
        if (isPlain(name)) {
            return;
        }
        if (!NAME.matcher(name).matches()) {
            throw invalidValue(
                    name,
                    path.field(field),
                    ": Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).");
        }
        String resolved = normalize(name);
        if (!resolved.equals(name) || resolved.equals(".") || resolved.startsWith("..") || resolved.startsWith("/")) {
            throw invalidValue(
                    name,
                    path.field(field),
                    ": Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would "
                            + "resolve to '" + abbreviate(resolved) + "'");
        }
    }

    /** Returns whether a name has only letters, digits, _, - and single slashes between them. Most names do, and pass every other check. */
    private static boolean isPlain(String name) {
        char before = '/';
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean word = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-';
            if (!word && (c != '/' || before == '/')) {
                return false;
            }
            before = c;
        }
        return before != '/';
    }

    /** Returns the normalized form of a name as a POSIX path. An empty path is the current folder. */
    private static String normalize(String path) {
        var parts = new ArrayDeque<String>();
        for (String part : path.split("/")) {
            if (part.equals("..") && !parts.isEmpty() && !parts.peekLast().equals("..")) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        String joined = (path.startsWith("/") ? "/" : "") + String.join("/", parts);
        return joined.isEmpty() ? "." : joined;
    }

    static void requireMaxLength(int limit, @Nullable String value, Object what) {
        if (value != null && value.length() > limit && value.codePointCount(0, value.length()) > limit) {
            throw invalid("'%s' exceeds the maximum length of %d characters", what, limit);
        }
    }

    private static String limit(@Nullable String value, int limit, Object what, boolean truncate) {
        if (value == null) {
            return "";
        }
        if (!truncate) {
            requireMaxLength(limit, value, what);
        }
        return value.codePointCount(0, value.length()) <= limit
                ? value
                : value.substring(0, value.offsetByCodePoints(0, limit));
    }

    private static KirokuException invalidValue(String value, Object path, String why) {
        return invalid(
                "Invalid value \"%s\" for parameter '%s' supplied%s",
                abbreviate(value), path, why.isEmpty() ? "." : why);
    }

    private static String abbreviate(String value) {
        return Strings.abbreviate(value, 300);
    }
}
