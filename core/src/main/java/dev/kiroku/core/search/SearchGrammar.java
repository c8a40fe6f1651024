package dev.kiroku.core.search;

import static dev.kiroku.core.search.ComparisonOperator.EQ;
import static dev.kiroku.core.search.ComparisonOperator.GE;
import static dev.kiroku.core.search.ComparisonOperator.GT;
import static dev.kiroku.core.search.ComparisonOperator.ILIKE;
import static dev.kiroku.core.search.ComparisonOperator.IN;
import static dev.kiroku.core.search.ComparisonOperator.IS_NOT_NULL;
import static dev.kiroku.core.search.ComparisonOperator.IS_NULL;
import static dev.kiroku.core.search.ComparisonOperator.LE;
import static dev.kiroku.core.search.ComparisonOperator.LIKE;
import static dev.kiroku.core.search.ComparisonOperator.LT;
import static dev.kiroku.core.search.ComparisonOperator.NE;
import static dev.kiroku.core.search.ComparisonOperator.NOT_IN;

import dev.kiroku.core.search.SearchField.Kind;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one kind of entity in the search language (attributes, metrics, params, tags), and the operators that each allows. The syntax
 * is the same for all kinds. The rules are those of MLflow 3.17.2 ({@code mlflow.utils.search_utils} and
 * {@code search_logged_model_utils}).
 */
public final class SearchGrammar {
    private static final Set<ComparisonOperator> NUMBER = EnumSet.of(EQ, NE, LT, LE, GT, GE);
    private static final Set<ComparisonOperator> TEXT = EnumSet.of(EQ, NE, LIKE, ILIKE);
    private static final Set<ComparisonOperator> TEXT_OR_LIST = EnumSet.of(EQ, NE, LIKE, ILIKE, IN, NOT_IN);
    private static final Set<ComparisonOperator> TEXT_OR_NULL = EnumSet.of(EQ, NE, LIKE, ILIKE, IS_NULL, IS_NOT_NULL);
    private static final Set<ComparisonOperator> ID = EnumSet.of(EQ, NE, IN, NOT_IN);

    /** Runs. */
    public static final SearchGrammar RUNS = new SearchGrammar("runs")
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

    /** Rows of runs: as {@link #RUNS}, and ordered by minima and maxima of metrics. */
    public static final SearchGrammar RUN_ROWS = new SearchGrammar("runs")
            .includeAll(RUNS)
            .kind(Kind.METRIC_MIN, Set.of(), "least")
            .kind(Kind.METRIC_MAX, Set.of(), "greatest");

    /** Experiments. */
    public static final SearchGrammar EXPERIMENTS = new SearchGrammar("experiments")
            .kind(Kind.TAG, TEXT_OR_NULL, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attribute")
            .attribute("name", TEXT)
            .attribute("experiment_id", ID)
            .attribute("creation_time", NUMBER)
            .attribute("last_update_time", NUMBER);

    /** Logged models. */
    public static final SearchGrammar LOGGED_MODELS = new SearchGrammar("logged models")
            .kind(Kind.METRIC, NUMBER, "metrics")
            .kind(Kind.PARAM, TEXT_OR_LIST, "params")
            .kind(Kind.TAG, TEXT_OR_LIST, "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attributes")
            .attribute("model_id", TEXT_OR_LIST)
            .attribute("experiment_id", TEXT_OR_LIST)
            .attribute("name", TEXT_OR_LIST)
            .attribute("artifact_location", TEXT_OR_LIST)
            .attribute("status", ID)
            .attribute("lifecycle_stage", TEXT_OR_LIST)
            .attribute("model_type", TEXT_OR_LIST)
            .attribute("source_run_id", TEXT_OR_LIST)
            .attribute("status_message", TEXT_OR_LIST)
            .attribute("creation_timestamp_ms", NUMBER, "creation_timestamp", "creation_time")
            .attribute("last_updated_timestamp_ms", NUMBER, "last_updated_timestamp");

    /** Registered models. */
    public static final SearchGrammar REGISTERED_MODELS = new SearchGrammar("registered models")
            .kind(Kind.TAG, TEXT, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attribute")
            .attribute("name", TEXT_OR_LIST)
            .orderOnly("last_updated_timestamp", "timestamp");

    /** Model versions. */
    public static final SearchGrammar MODEL_VERSIONS = new SearchGrammar("model versions")
            .kind(Kind.TAG, TEXT, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "attribute")
            .attribute("name", TEXT_OR_LIST)
            .attribute("version_number", NUMBER)
            .attribute("run_id", TEXT_OR_LIST)
            .attribute("source_path", TEXT)
            .orderOnly("creation_timestamp")
            .orderOnly("last_updated_timestamp", "timestamp");

    private static final Set<ComparisonOperator> TEXT_LIST_OR_NULL =
            EnumSet.of(EQ, NE, LIKE, ILIKE, IN, NOT_IN, IS_NULL, IS_NOT_NULL);

    /**
     * Conditions of gates on model versions. Metrics, params and tags are those of the run of the version. A metric can be compared with a
     * metric of the version that an alias points at.
     */
    public static final SearchGrammar GATES = new SearchGrammar("gates")
            .kind(Kind.METRIC, NUMBER, "metric", "metrics")
            .kind(Kind.PARAM, TEXT_LIST_OR_NULL, "param", "params")
            .kind(Kind.TAG, TEXT_LIST_OR_NULL, "tag", "tags")
            .kind(Kind.ATTRIBUTE, Set.of(), "version")
            .flag("has_signature")
            .flag("has_description")
            .flag("has_run")
            .attribute("flavor", TEXT_OR_LIST)
            .attributesWithPrefix("tags.", TEXT_LIST_OR_NULL)
            .allowReferences();

    /**
     * An attribute.
     *
     * @param comparators the operators that it allows; empty if results can only be ordered by it
     */
    record Attribute(String name, Set<ComparisonOperator> comparators) {
        boolean isNumber() {
            return comparators.contains(LT);
        }
    }

    private final String entityName;
    private final Map<String, Kind> kinds = new TreeMap<>();
    private final Map<Kind, Set<ComparisonOperator>> comparators = new EnumMap<>(Kind.class);
    private final Map<String, Attribute> attributes = new TreeMap<>();
    private final Set<String> flags = new TreeSet<>();
    private Set<String> datasetKeys = Set.of();
    private @Nullable String dynamicPrefix;
    private Set<ComparisonOperator> dynamicComparators = Set.of();
    private boolean allowsReferences;

    private SearchGrammar(String things) {
        this.entityName = things;
    }

    private SearchGrammar kind(Kind kind, Set<ComparisonOperator> allowed, String... words) {
        comparators.put(kind, allowed);
        for (String word : words) {
            kinds.put(word, kind);
        }
        return this;
    }

    /** Adds everything of another grammar. */
    private SearchGrammar includeAll(SearchGrammar other) {
        kinds.putAll(other.kinds);
        comparators.putAll(other.comparators);
        attributes.putAll(other.attributes);
        datasetKeys = other.datasetKeys;
        return this;
    }

    private SearchGrammar attribute(String name, Set<ComparisonOperator> allowed, String... aliases) {
        var attribute = new Attribute(name, allowed);
        attributes.put(name, attribute);
        for (String alias : aliases) {
            attributes.put(alias, attribute);
        }
        return this;
    }

    private SearchGrammar orderOnly(String name, String... aliases) {
        return attribute(name, Set.of(), aliases);
    }

    /** Adds an attribute that is true or false. */
    private SearchGrammar flag(String name) {
        flags.add(name);
        return attribute(name, EnumSet.of(EQ, NE));
    }

    /** Allows attributes of any name that starts with {@code prefix}. */
    private SearchGrammar attributesWithPrefix(String prefix, Set<ComparisonOperator> allowed) {
        dynamicPrefix = prefix;
        dynamicComparators = allowed;
        return this;
    }

    private SearchGrammar allowReferences() {
        allowsReferences = true;
        return this;
    }

    private SearchGrammar datasetKeys(String... keys) {
        datasetKeys = Set.of(keys);
        return this;
    }

    /** Returns the plural of the kind of entity for messages, such as {@code runs}. */
    String entityName() {
        return entityName;
    }

    /** Returns the words that are allowed before a dot, each with its kind of field. */
    Map<String, Kind> kinds() {
        return kinds;
    }

    /** Returns the attributes by canonical name and alias. */
    Map<String, Attribute> attributes() {
        return attributes;
    }

    Set<String> datasetKeys() {
        return datasetKeys;
    }

    /** Returns the attribute of a name or alias; null if there is none. */
    @Nullable Attribute attribute(String name) {
        boolean open =
                dynamicPrefix != null && name.startsWith(dynamicPrefix) && name.length() > dynamicPrefix.length();
        return open ? new Attribute(name, dynamicComparators) : attributes.get(name);
    }

    boolean isFlag(SearchField field) {
        return field.kind() == Kind.ATTRIBUTE && flags.contains(field.key());
    }

    /** Returns whether a number can also be a metric of another version. */
    boolean hasReferences() {
        return allowsReferences;
    }

    Set<ComparisonOperator> comparators(SearchField field) {
        if (field.kind() != Kind.ATTRIBUTE) {
            return comparators.getOrDefault(field.kind(), Set.of());
        }
        Attribute attribute = attribute(field.key());
        return attribute == null ? Set.of() : attribute.comparators();
    }

    boolean isNumber(SearchField field) {
        return comparators(field).contains(LT);
    }

    @Override
    public String toString() {
        return entityName;
    }
}
