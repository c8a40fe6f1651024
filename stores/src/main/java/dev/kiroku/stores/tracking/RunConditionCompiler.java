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
 * The conditions of a search over runs as SQL. Each is a predicate; those that an index answers are also a source, rows {@code d} of
 * another table that name the runs for which they hold.
 */
final class RunConditionCompiler {
    /** The name of a run's status, which is stored as a code. */
    static final String STATUS_NAME = StoredEnums.RUN_STATUS.toTextSql("r.status", Enum::name);

    private static final long UNKNOWN_ID = -1;

    private final Transaction tx;
    private final TextDictionary keys;
    private final TextDictionary texts;
    private final List<Long> experiments;

    /** A condition on the run of a row that has the run's key. */
    interface RunPredicate {
        /** @param row the alias of the row: {@code r} for one of runs, {@code d} for one of a source */
        Sql toSql(String row);
    }

    /**
     * @param ofKey whether the run's key is all that the predicate looks at; otherwise it can only be tried on a row of runs
     * @param source FROM and WHERE of the rows {@code d}, each of a different run; null when no index answers the condition
     * @param sorted whether the index has the source's rows in the order of the runs' keys
     */
    record CompiledCondition(
            boolean needsOnlyRunKey,
            RunPredicate predicate,
            @Nullable Sql source,
            boolean sortedByRunKey) {
        /** A condition that no index answers. */
        CompiledCondition(boolean ofKey, RunPredicate predicate) {
            this(ofKey, predicate, null, false);
        }
    }

    RunConditionCompiler(Transaction tx, TextDictionary keys, TextDictionary texts, List<Long> experiments) {
        this.tx = tx;
        this.keys = keys;
        this.texts = texts;
        this.experiments = experiments;
    }

    List<CompiledCondition> compile(RunStore.Query query) throws SQLException {
        List<CompiledCondition> terms = new ArrayList<>();
        for (Condition condition : query.filter().conditions()) {
            terms.add(compile(condition));
        }
        return terms;
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
        // Every comparison with NaN is false but "unequal".
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

    /** The comparison without what stands left of it. */
    private Sql afterExpression(Condition condition) {
        return SqlConditions.compare("", condition, tx.dialect());
    }

    /** Params and tags: what is compared is the distinct texts, and then their numbers. */
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

    /** What is known of the texts; one that nothing ever had is left out. */
    private List<Long> textIds(Operand operand) throws SQLException {
        List<String> values = switch (operand) {
            case Operand.Text(String text) -> List.of(text);
            case Operand.TextList(List<String> list) -> list;
            default -> throw invalid("Params and tags are compared with texts.");
        };
        List<Long> ids = new ArrayList<>();
        for (String value : values) {
            texts.find(tx, value).ifPresent(ids::add);
        }
        return ids;
    }

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
            default -> throw invalid("Runs cannot be searched by the dataset's '%s'.", key);
        };
    }

    /** The number of a key; of one that nothing ever had, one that no row has. */
    long keyId(String key) throws SQLException {
        return keys.find(tx, key).orElse(UNKNOWN_ID);
    }

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
