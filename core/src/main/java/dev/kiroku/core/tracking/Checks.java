package dev.kiroku.core.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Place;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Metric;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What MLflow 3.17.2 asks of names, keys and values before anything is stored; the limits are those of its validation module. */
final class Checks {
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

    private Checks() {}

    static void experimentName(String name) {
        if (name == null || name.isEmpty()) {
            throw invalid("Invalid experiment name: '%s'", name);
        }
        atMost(MAX_EXPERIMENT_NAME, name, "name");
    }

    static void experimentTag(KeyValue tag) {
        name(tag.key(), Place.TOP, "key", () -> missing("key"));
        atMost(MAX_KEY, tag.key(), "key");
        atMost(MAX_EXPERIMENT_TAG_VALUE, tag.value(), "value");
    }

    /** @return the number that an experiment id stands for */
    static long experimentId(String id) {
        if (id == null || id.isEmpty()) {
            return ExperimentStore.DEFAULT_ID;
        }
        try {
            return Long.parseLong(id.strip());
        } catch (NumberFormatException e) {
            throw invalid(
                    "Invalid experiment id '%s': it must be a whole number, as the answer to experiments/create gives it.",
                    shorten(id));
        }
    }

    static void runId(String runId) {
        if (!RUN_ID.matcher(runId).matches()) {
            throw invalidValue(runId, "run_id", "");
        }
    }

    static void metric(Metric m, Place place) {
        name(m.key(), place, "name", () -> invalidValue("", place.field("name"), ": Metric name cannot be None."));
        if (m.timestamp() < 0) {
            throw invalid(
                    "Invalid value %d for parameter '%s' supplied: metric '%s' (value=%s). Timestamp must be a nonnegative long (64-bit integer) ",
                    m.timestamp(), place.field("timestamp"), m.key(), m.value());
        }
        atMost(MAX_KEY, m.key(), "Metric name");
    }

    /** @return the param as it is kept: a missing value is an empty one, a long one is cut */
    static KeyValue param(KeyValue p, Place place) {
        name(p.key(), place, "key", () -> invalidValue("", place.field("key"), ""));
        atMost(MAX_KEY, p.key(), "Param key");
        return new KeyValue(p.key(), cut(p.value(), MAX_PARAM_VALUE));
    }

    /** @return the tag as it is kept: a missing value is an empty one, a long one is cut */
    static KeyValue tag(KeyValue t, Place place) {
        name(t.key(), place, "key", () -> missing(place.field("key")));
        atMost(MAX_KEY, t.key(), place.field("key"));
        return new KeyValue(t.key(), cut(t.value(), MAX_TAG_VALUE));
    }

    static void batch(Collection<?> metrics, Collection<?> params, Collection<?> tags) {
        batch("metrics", MAX_METRICS, metrics.size());
        batch("params", MAX_PARAMS_OR_TAGS, params.size());
        batch("tags", MAX_PARAMS_OR_TAGS, tags.size());
        batch("metrics, params, and tags", MAX_ENTITIES, metrics.size() + params.size() + tags.size());
    }

    private static void batch(String what, int limit, int size) {
        if (size > limit) {
            throw invalid(
                    "A batch logging request can contain at most %d %s. Got %d %s. Please split up %s across multiple requests and try again.",
                    limit, what, size, what, what);
        }
    }

    static void uniqueKeys(List<KeyValue> params) {
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

    static void dataset(DatasetInput input) {
        Dataset d = input.dataset();
        if (d == null) {
            throw invalid("Dataset cannot be None");
        }
        atMost(500, d.name(), "name");
        atMost(36, d.digest(), "digest");
        atMost(65_535, d.source(), "source");
        atMost(1_048_575, d.schema(), "schema");
        atMost(16_777_215, d.profile(), "profile");
        for (KeyValue tag : input.tags()) {
            atMost(255, tag.key(), "key");
            atMost(500, tag.value(), "value");
        }
    }

    static void loggedModelName(String name) {
        if (name != null && (name.isEmpty() || name.chars().anyMatch(c -> "/:.%\"'".indexOf(c) >= 0))) {
            throw invalid(
                    "Invalid model name ('%s') provided. Model name must be a non-empty string and cannot contain the following characters: "
                            + "/ : . %% \" '",
                    shorten(name));
        }
    }

    /** @param given null where the caller left it out */
    static int maxResults(Number given, int byDefault) {
        long max = given == null ? byDefault : given.longValue();
        if (max < 1) {
            throw invalid("Invalid value %d for parameter 'max_results' supplied. It must be a positive integer", max);
        }
        if (max > MAX_RESULTS) {
            throw invalid(
                    "Invalid value %d for parameter 'max_results' supplied. It must be at most %d", max, MAX_RESULTS);
        }
        return (int) max;
    }

    /** @return the same, of which each has a key */
    static List<KeyValue> keyed(List<KeyValue> all, String list) {
        given(all, KeyValue::key, list, "key");
        return all;
    }

    /** That each item of a list has a text in a field. */
    static <T> void given(List<T> items, Function<T, String> field, String list, String name) {
        for (int i = 0; i < items.size(); i++) {
            String value = field.apply(items.get(i));
            if (value == null || value.isEmpty()) {
                throw missing(Place.TOP.field(list).item(i).field(name));
            }
        }
    }

    /** @param path a text, or a {@link Place}, which is spelt out only now */
    static KirokuException missing(Object path) {
        return invalid(
                "Missing value for required parameter '%s'. See the API docs for more information about request parameters.",
                path);
    }

    /** @param ifMissing made only when it is needed: a thousand names of a batch must not cost a thousand stack traces */
    private static void name(String name, Place place, String field, Supplier<KirokuException> ifMissing) {
        if (name == null) {
            throw ifMissing.get();
        }
        if (isPlain(name)) {
            return;
        }
        if (!NAME.matcher(name).matches()) {
            throw invalidValue(
                    name,
                    place.field(field),
                    ": Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).");
        }
        String resolved = normalize(name);
        if (!resolved.equals(name) || resolved.equals(".") || resolved.startsWith("..") || resolved.startsWith("/")) {
            throw invalidValue(
                    name,
                    place.field(field),
                    ": Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would "
                            + "resolve to '" + shorten(resolved) + "'");
        }
    }

    /** Whether a name is what nearly all are: letters, digits, _ and -, with single slashes between them. Such a one is right in every way. */
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

    /** What a name means as a POSIX path; an empty one is the current folder. */
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

    static void atMost(int limit, String value, Object what) {
        if (value != null && value.length() > limit && value.codePointCount(0, value.length()) > limit) {
            throw invalid("'%s' exceeds the maximum length of %d characters", what, limit);
        }
    }

    private static String cut(String value, int limit) {
        if (value == null) {
            return "";
        }
        return value.codePointCount(0, value.length()) <= limit
                ? value
                : value.substring(0, value.offsetByCodePoints(0, limit));
    }

    private static KirokuException invalidValue(String value, Object path, String why) {
        return invalid(
                "Invalid value \"%s\" for parameter '%s' supplied%s", shorten(value), path, why.isEmpty() ? "." : why);
    }

    private static String shorten(String value) {
        return value.length() <= 300 ? value : value.substring(0, 300) + "…";
    }
}
