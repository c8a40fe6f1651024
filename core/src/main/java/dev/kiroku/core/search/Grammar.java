package dev.kiroku.core.search;

import static dev.kiroku.core.search.Comparator.EQ;
import static dev.kiroku.core.search.Comparator.GE;
import static dev.kiroku.core.search.Comparator.GT;
import static dev.kiroku.core.search.Comparator.ILIKE;
import static dev.kiroku.core.search.Comparator.IN;
import static dev.kiroku.core.search.Comparator.IS_NOT_NULL;
import static dev.kiroku.core.search.Comparator.IS_NULL;
import static dev.kiroku.core.search.Comparator.LE;
import static dev.kiroku.core.search.Comparator.LIKE;
import static dev.kiroku.core.search.Comparator.LT;
import static dev.kiroku.core.search.Comparator.NE;
import static dev.kiroku.core.search.Comparator.NOT_IN;

import dev.kiroku.core.search.Field.Kind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What can be said about one kind of thing: the language is one, its words differ. The rules are those of MLflow 3.17.2
 * ({@code mlflow.utils.search_utils} and {@code search_logged_model_utils}).
 */
public final class Grammar {
    private static final Set<Comparator> NUMBER = EnumSet.of(EQ, NE, LT, LE, GT, GE);
    private static final Set<Comparator> TEXT = EnumSet.of(EQ, NE, LIKE, ILIKE);
    private static final Set<Comparator> TEXT_OR_LIST = EnumSet.of(EQ, NE, LIKE, ILIKE, IN, NOT_IN);
    private static final Set<Comparator> TEXT_OR_NULL = EnumSet.of(EQ, NE, LIKE, ILIKE, IS_NULL, IS_NOT_NULL);
    private static final Set<Comparator> ID = EnumSet.of(EQ, NE, IN, NOT_IN);

    public static final Grammar RUNS = new Grammar("runs")
            .kind(Kind.METRIC, NUMBER, "metric", "metrics")
            .kind(Kind.PARAM, TEXT_OR_NULL, "parameter", "parameters", "param", "params")
            .kind(Kind.TAG, TEXT_OR_NULL, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attribute", "attributes", "attr", "run")
            .kind(Kind.DATASET, TEXT_OR_LIST, "dataset", "datasets")
            .datasetKeys("name", "digest", "context")
            .attribute("run_id", TEXT_OR_LIST)
            .attribute("run_name", TEXT, "run name", "Run name", "Run Name")
            .attribute("user_id", TEXT)
            .attribute("status", TEXT)
            .attribute("artifact_uri", TEXT)
            .attribute("start_time", NUMBER, "created", "Created")
            .attribute("end_time", NUMBER);

    /** What tables of runs can be ordered by: what a search of runs can, and extremes of metrics. */
    public static final Grammar OVERVIEWS = new Grammar("runs")
            .like(RUNS)
            .kind(Kind.LEAST, Set.of(), "least")
            .kind(Kind.GREATEST, Set.of(), "greatest");

    public static final Grammar EXPERIMENTS = new Grammar("experiments")
            .kind(Kind.TAG, TEXT_OR_NULL, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attribute")
            .attribute("name", TEXT)
            .attribute("experiment_id", ID)
            .attribute("creation_time", NUMBER)
            .attribute("last_update_time", NUMBER);

    public static final Grammar LOGGED_MODELS = new Grammar("logged models")
            .kind(Kind.METRIC, NUMBER, "metrics")
            .kind(Kind.PARAM, TEXT_OR_LIST, "params")
            .kind(Kind.TAG, TEXT_OR_LIST, "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attributes")
            .attribute("model_id", TEXT_OR_LIST)
            .attribute("experiment_id", TEXT_OR_LIST)
            .attribute("name", TEXT_OR_LIST)
            .attribute("artifact_location", TEXT_OR_LIST)
            .attribute("status", TEXT_OR_LIST)
            .attribute("lifecycle_stage", TEXT_OR_LIST)
            .attribute("model_type", TEXT_OR_LIST)
            .attribute("source_run_id", TEXT_OR_LIST)
            .attribute("status_message", TEXT_OR_LIST)
            .attribute("creation_timestamp_ms", NUMBER, "creation_timestamp", "creation_time")
            .attribute("last_updated_timestamp_ms", NUMBER, "last_updated_timestamp");

    public static final Grammar REGISTERED_MODELS = new Grammar("registered models")
            .kind(Kind.TAG, TEXT, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attribute")
            .attribute("name", TEXT_OR_LIST)
            .orderOnly("creation_timestamp")
            .orderOnly("last_updated_timestamp", "timestamp");

    public static final Grammar MODEL_VERSIONS = new Grammar("model versions")
            .kind(Kind.TAG, TEXT, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attribute")
            .attribute("name", TEXT_OR_LIST)
            .attribute("version_number", NUMBER)
            .attribute("run_id", TEXT_OR_LIST)
            .attribute("source_path", TEXT)
            .orderOnly("creation_timestamp")
            .orderOnly("last_updated_timestamp", "timestamp");

    private static final Set<Comparator> TEXT_LIST_OR_NULL =
            EnumSet.of(EQ, NE, LIKE, ILIKE, IN, NOT_IN, IS_NULL, IS_NOT_NULL);

    /**
     * What a model version must be to pass a gate. Metrics, params and tags are those of the run that it came from; a metric may be compared
     * with one of the version that an alias points at.
     */
    public static final Grammar GATES = new Grammar("gates")
            .kind(Kind.METRIC, NUMBER, "metric", "metrics")
            .kind(Kind.PARAM, TEXT_LIST_OR_NULL, "param", "params")
            .kind(Kind.TAG, TEXT_LIST_OR_NULL, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "version")
            .flag("has_signature")
            .flag("has_description")
            .flag("has_run")
            .attribute("flavor", TEXT_OR_LIST)
            .attributesBelow("tags.", TEXT_LIST_OR_NULL)
            .withReferences();

    /** @param comparators none for what a result can only be ordered by */
    record Attribute(String name, Set<Comparator> comparators) {
        boolean isNumber() {
            return comparators.contains(LT);
        }
    }

    private final String things;
    private final Map<String, Kind> kinds = new TreeMap<>();
    private final Map<Kind, Set<Comparator>> comparators = new EnumMap<>(Kind.class);
    private final Map<String, Attribute> attributes = new TreeMap<>();
    private final Set<String> flags = new TreeSet<>();
    private Set<String> datasetKeys = Set.of();
    private String openPrefix;
    private Set<Comparator> openComparators = Set.of();
    private boolean references;

    private Grammar(String things) {
        this.things = things;
    }

    private Grammar kind(Kind kind, Set<Comparator> allowed, String... words) {
        comparators.put(kind, allowed);
        for (String word : words) {
            kinds.put(word, kind);
        }
        return this;
    }

    /** All that another grammar knows. */
    private Grammar like(Grammar other) {
        kinds.putAll(other.kinds);
        comparators.putAll(other.comparators);
        attributes.putAll(other.attributes);
        datasetKeys = other.datasetKeys;
        return this;
    }

    private Grammar attribute(String name, Set<Comparator> allowed, String... aliases) {
        var attribute = new Attribute(name, allowed);
        attributes.put(name, attribute);
        for (String alias : aliases) {
            attributes.put(alias, attribute);
        }
        return this;
    }

    private Grammar orderOnly(String name, String... aliases) {
        return attribute(name, Set.of(), aliases);
    }

    /** An attribute that is true or false. */
    private Grammar flag(String name) {
        flags.add(name);
        return attribute(name, EnumSet.of(EQ, NE));
    }

    /** Attributes of any name behind a prefix. */
    private Grammar attributesBelow(String prefix, Set<Comparator> allowed) {
        openPrefix = prefix;
        openComparators = allowed;
        return this;
    }

    private Grammar withReferences() {
        references = true;
        return this;
    }

    private Grammar datasetKeys(String... keys) {
        datasetKeys = Set.of(keys);
        return this;
    }

    /** What the grammar is about, in the plural: {@code runs}. */
    String things() {
        return things;
    }

    /** The words that may stand before a dot, and what each means. */
    Map<String, Kind> kinds() {
        return kinds;
    }

    /** Attributes by all of their names. */
    Map<String, Attribute> attributes() {
        return attributes;
    }

    Set<String> datasetKeys() {
        return datasetKeys;
    }

    /** The attribute of this name, or null. */
    Attribute attribute(String name) {
        boolean open = openPrefix != null && name.startsWith(openPrefix) && name.length() > openPrefix.length();
        return open ? new Attribute(name, openComparators) : attributes.get(name);
    }

    boolean isFlag(Field field) {
        return field.kind() == Kind.ATTRIBUTE && flags.contains(field.key());
    }

    /** Whether a number may also be a metric of another version. */
    boolean hasReferences() {
        return references;
    }

    Set<Comparator> comparators(Field field) {
        return field.kind() == Kind.ATTRIBUTE ? attribute(field.key()).comparators() : comparators.get(field.kind());
    }

    boolean isNumber(Field field) {
        return comparators(field).contains(LT);
    }

    @Override
    public String toString() {
        return things;
    }
}
