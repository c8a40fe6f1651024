package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.SqlConditions;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.TextDictionary;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the conditions of a search over runs to SQL. Each becomes a predicate. A condition that an index answers also becomes a source: rows
 * {@code d} of another table that name the runs that satisfy it.
 */
final class RunConditionCompiler {
    /** The name of a run's status, which is stored as a code. */
    static final String STATUS_NAME = StoredEnums.RUN_STATUS.toTextSql("r.status", Enum::name);

    private static final long UNKNOWN_ID = -1;

    private final Transaction tx;
    private final TextDictionary keys;
    private final TextDictionary texts;
    private final List<Long> experiments;

    /** A condition on a row that has a run key. */
    interface RunPredicate {
        /**
         * Returns the condition.
         *
         * @param row the alias of the row: {@code r} for a row of {@code runs}, {@code d} for a row of a source
         */
        Sql toSql(String row);
    }

    /**
     * A compiled condition.
     *
     * @param needsOnlyRunKey whether the predicate applies to any row with a run key; otherwise only to a row of {@code runs}
     * @param source FROM and WHERE of rows {@code d}, each of a different run; null if no index answers the condition
     * @param sortedByRunKey whether the index has the rows of the source in the order of the run keys
     */
    record CompiledCondition(
            boolean needsOnlyRunKey,
            RunPredicate predicate,
            @Nullable Sql source,
            boolean sortedByRunKey) {
        /** Creates a condition that no index answers. */
        CompiledCondition(boolean needsOnlyRunKey, RunPredicate predicate) {
            this(needsOnlyRunKey, predicate, null, false);
        }
    }

    RunConditionCompiler(Transaction tx, TextDictionary keys, TextDictionary texts, List<Long> experiments) {
        this.tx = tx;
        this.keys = keys;
        this.texts = texts;
        this.experiments = experiments;
    }

    /**
     * Returns the compiled conditions of a query.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if runs cannot be searched by a field
     */
    List<CompiledCondition> compile(RunStore.Query query) throws SQLException {
        List<CompiledCondition> compiled = new ArrayList<>();
        for (Condition condition : query.filter().conditions()) {
            compiled.add(compile(condition));
        }
        return compiled;
    }

    private CompiledCondition compile(Condition condition) throws SQLException {
        SearchField field = condition.field();
        return switch (field.kind()) {
            case ATTRIBUTE ->
                new CompiledCondition(false, _ -> attributeCondition(field.key(), condition, tx.dialect()));
            case METRIC -> metricCondition(field.key(), condition);
            case PARAM -> textCondition("params", field.key(), condition);
            case TAG -> textCondition("tags", field.key(), condition);
            case DATASET ->
                new CompiledCondition(true, row -> datasetCondition(row, field.key(), condition, tx.dialect()));
            default -> throw invalid("Runs cannot be searched by %s.", field.kind());
        };
    }

    private static Sql attributeCondition(String name, Condition condition, Dialect dialect) {
        return SqlConditions.compare(name.equals("status") ? STATUS_NAME : column(name), condition, dialect);
    }

    private CompiledCondition metricCondition(String key, Condition condition) throws SQLException {
        long keyId = keyId(key);
        RunPredicate any = row ->
                Sql.of("select 1 from latest_metrics m where m.run_key = " + row + ".run_key and m.key_id = ?", keyId);
        // A comparison with NaN is false, except !=.
        return switch (condition.comparator()) {
            case IS_NULL, IS_NOT_NULL ->
                new CompiledCondition(
                        true, row -> SqlConditions.exists(any.toSql(row), "m.value", condition, tx.dialect()));
            case NE ->
                new CompiledCondition(
                        true,
                        row -> Sql.of("exists (")
                                .add(any.toSql(row))
                                .add(" and (m.is_nan = 1 or ")
                                .add(SqlConditions.compare("m.value", condition, tx.dialect()))
                                .add("))"));
            default ->
                new CompiledCondition(
                        true,
                        // A scalar rather than EXISTS, which PostgreSQL would turn into a join over all metrics of that
                        // key.
                        row -> Sql.of(
                                        "(select m.value from latest_metrics m where m.run_key = " + row
                                                + ".run_key and m.key_id = ? and m.is_nan = 0)",
                                        keyId)
                                .add(afterExpression(condition)),
                        indexRows("latest_metrics", keyId)
                                .add(" and d.is_nan = 0 and ")
                                .add(SqlConditions.compare("d.value", condition, tx.dialect())),
                        false);
        };
    }

    /** Returns the comparison without its left side. */
    private Sql afterExpression(Condition condition) {
        return SqlConditions.compare("", condition, tx.dialect());
    }

    /** Compiles a condition on a param or tag. Equality compares ids of texts; other comparisons look at the texts. */
    private CompiledCondition textCondition(String table, String key, Condition condition) throws SQLException {
        long keyId = keyId(key);
        RunPredicate value = row -> Sql.of(
                "(select p.value_id from " + table + " p where p.run_key = " + row + ".run_key and p.key_id = ?)",
                keyId);
        return switch (condition.comparator()) {
            case IS_NULL, IS_NOT_NULL ->
                new CompiledCondition(true, row -> value.toSql(row).add(afterExpression(condition)));
            case EQ, IN -> {
                List<Long> ids = textIds(condition.operand());
                yield new CompiledCondition(
                        true,
                        row -> value.toSql(row).add(" in ").addIn(ids),
                        indexRows(table, keyId).add(" and d.value_id in ").addIn(ids),
                        ids.size() == 1 && experiments.size() == 1);
            }
            default ->
                new CompiledCondition(
                        true,
                        row -> Sql.of("exists (select 1 from " + table
                                        + " p join texts v on v.id = p.value_id where p.run_key = " + row + ".run_key")
                                .add(" and p.key_id = ? and (", keyId)
                                .add(SqlConditions.compare("v.value", condition, tx.dialect()))
                                .add("))"));
        };
    }

    /** Returns the ids of texts; texts that no run ever had are left out. */
    private List<Long> textIds(Operand operand) throws SQLException {
        List<String> values = switch (operand) {
            case Operand.Text(String text) -> List.of(text);
            case Operand.TextList(List<String> list) -> list;
            default -> throw invalid("Params and tags are compared with strings.");
        };
        List<Long> ids = new ArrayList<>();
        for (String value : values) {
            texts.find(tx, value).ifPresent(ids::add);
        }
        return ids;
    }

    /** Returns FROM and WHERE of the rows of a key in the experiments. */
    private Sql indexRows(String table, long keyId) {
        return Sql.of(" from " + table + " d where d.key_id = ? and d.experiment_id in ", keyId)
                .addIn(experiments);
    }

    private static Sql datasetCondition(String row, String key, Condition condition, Dialect dialect) {
        String joined = "select 1 from run_datasets i join datasets s on s.id = i.dataset_id";
        String ofRun = " where i.run_key = " + row + ".run_key";
        return switch (key) {
            case "name", "digest" -> SqlConditions.exists(Sql.of(joined + ofRun), "s." + key, condition, dialect);
            case "context" ->
                SqlConditions.exists(
                        Sql.of("select 1 from run_dataset_tags i" + ofRun + " and i.key = 'mlflow.data.context'"),
                        "i.value",
                        condition,
                        dialect);
            default -> throw invalid("Runs cannot be searched by the dataset attribute '%s'.", key);
        };
    }

    /** Returns the id of a key; for a key that no run ever had, an id that no row has. */
    long keyId(String key) throws SQLException {
        return keys.find(tx, key).orElse(UNKNOWN_ID);
    }

    /**
     * Returns the column of an attribute.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if there is none
     */
    static String column(String attribute) {
        return switch (attribute) {
            case "run_id" -> "r.run_id";
            case "run_name" -> "r.name";
            case "experiment_id" -> "r.experiment_id";
            case "user_id" -> "r.user_id";
            case "artifact_uri" -> "r.artifact_uri";
            case "start_time" -> "r.start_time";
            case "end_time" -> "r.end_time";
            default -> throw invalid("Runs cannot be searched by the attribute '%s'.", attribute);
        };
    }
}
