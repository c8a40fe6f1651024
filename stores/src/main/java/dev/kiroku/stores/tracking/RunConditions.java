package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Field;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.stores.sql.Conditions;
import dev.kiroku.stores.sql.Dialect;
import dev.kiroku.stores.sql.Interned;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The conditions of a search over runs as SQL. Each is a predicate; those that an index answers are also a source, rows {@code d} of
 * another table that name the runs for which they hold.
 */
final class RunConditions {
    private static final long NO_SUCH = -1;

    private final Tx tx;
    private final Interned keys;
    private final Interned texts;
    private final List<Long> experiments;

    /** A condition on the run of a row that has the run's key. */
    interface Predicate {
        /** @param row the alias of the row: {@code r} for one of runs, {@code d} for one of a source */
        Sql on(String row);
    }

    /**
     * @param ofKey whether the run's key is all that the predicate looks at; otherwise it can only be tried on a row of runs
     * @param source FROM and WHERE of the rows {@code d}, each of a different run; null when no index answers the condition
     * @param sorted whether the index has the source's rows in the order of the runs' keys
     */
    record Term(boolean ofKey, Predicate predicate, Sql source, boolean sorted) {
        /** A condition that no index answers. */
        Term(boolean ofKey, Predicate predicate) {
            this(ofKey, predicate, null, false);
        }
    }

    RunConditions(Tx tx, Interned keys, Interned texts, List<Long> experiments) {
        this.tx = tx;
        this.keys = keys;
        this.texts = texts;
        this.experiments = experiments;
    }

    List<Term> compile(RunStore.Query query) throws SQLException {
        List<Term> terms = new ArrayList<>();
        for (Condition condition : query.filter().conditions()) {
            terms.add(compile(condition));
        }
        return terms;
    }

    private Term compile(Condition condition) throws SQLException {
        Field field = condition.field();
        return switch (field.kind()) {
            case ATTRIBUTE -> new Term(false, _ -> attribute(field.key(), condition, tx.dialect()));
            case METRIC -> metric(field.key(), condition);
            case PARAM -> text("params", field.key(), condition);
            case TAG -> text("tags", field.key(), condition);
            case DATASET -> new Term(true, row -> dataset(row, field.key(), condition, tx.dialect()));
            default -> throw invalid("Runs cannot be searched by %s.", field.kind());
        };
    }

    private static Sql attribute(String name, Condition condition, Dialect dialect) {
        return Conditions.compare(name.equals("status") ? statusName() : column(name), condition, dialect);
    }

    private Term metric(String key, Condition condition) throws SQLException {
        long keyId = keyId(key);
        Predicate any = row ->
                Sql.of("select 1 from latest_metrics m where m.run_key = " + row + ".run_key and m.key_id = ?", keyId);
        // Every comparison with NaN is false but "unequal".
        return switch (condition.comparator()) {
            case IS_NULL, IS_NOT_NULL ->
                new Term(true, row -> Conditions.exists(any.on(row), "m.value", condition, tx.dialect()));
            case NE ->
                new Term(
                        true,
                        row -> Sql.of("exists (")
                                .add(any.on(row))
                                .add(" and (m.is_nan = 1 or ")
                                .add(Conditions.compare("m.value", condition, tx.dialect()))
                                .add("))"));
            default ->
                new Term(
                        true,
                        // A scalar rather than EXISTS, which PostgreSQL would turn into a join over all metrics of that
                        // key.
                        row -> Sql.of(
                                        "(select m.value from latest_metrics m where m.run_key = " + row
                                                + ".run_key and m.key_id = ? and m.is_nan = 0)",
                                        keyId)
                                .add(afterExpression(condition)),
                        from("latest_metrics", keyId)
                                .add(" and d.is_nan = 0 and ")
                                .add(Conditions.compare("d.value", condition, tx.dialect())),
                        false);
        };
    }

    /** The comparison without what stands left of it. */
    private Sql afterExpression(Condition condition) {
        return Conditions.compare("", condition, tx.dialect());
    }

    /** Params and tags: what is compared is the distinct texts, and then their numbers. */
    private Term text(String table, String key, Condition condition) throws SQLException {
        long keyId = keyId(key);
        Predicate value = row -> Sql.of(
                "(select p.value_id from " + table + " p where p.run_key = " + row + ".run_key and p.key_id = ?)",
                keyId);
        return switch (condition.comparator()) {
            case IS_NULL, IS_NOT_NULL -> new Term(true, row -> value.on(row).add(afterExpression(condition)));
            case EQ, IN -> {
                List<Long> ids = textIds(condition.operand());
                yield new Term(
                        true,
                        row -> value.on(row).add(" in ").addIn(ids),
                        from(table, keyId).add(" and d.value_id in ").addIn(ids),
                        ids.size() == 1 && experiments.size() == 1);
            }
            default ->
                new Term(
                        true,
                        row -> Sql.of("exists (select 1 from " + table
                                        + " p join texts v on v.id = p.value_id where p.run_key = " + row + ".run_key")
                                .add(" and p.key_id = ? and (", keyId)
                                .add(Conditions.compare("v.value", condition, tx.dialect()))
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

    private Sql from(String table, long keyId) {
        return Sql.of(" from " + table + " d where d.key_id = ? and d.experiment_id in ", keyId)
                .addIn(experiments);
    }

    private static Sql dataset(String row, String key, Condition condition, Dialect dialect) {
        String joined = "select 1 from run_datasets i join datasets s on s.id = i.dataset_id";
        String ofRun = " where i.run_key = " + row + ".run_key";
        return switch (key) {
            case "name", "digest" -> Conditions.exists(Sql.of(joined + ofRun), "s." + key, condition, dialect);
            case "context" ->
                Conditions.exists(
                        Sql.of("select 1 from run_dataset_tags i" + ofRun + " and i.key = 'mlflow.data.context'"),
                        "i.value",
                        condition,
                        dialect);
            default -> throw invalid("Runs cannot be searched by the dataset's '%s'.", key);
        };
    }

    /** The number of a key; of one that nothing ever had, one that no row has. */
    long keyId(String key) throws SQLException {
        return keys.find(tx, key).orElse(NO_SUCH);
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

    /** The status is kept as a number and compared as its name. */
    static String statusName() {
        StringBuilder sql = new StringBuilder("case r.status");
        for (RunStatus status : RunStatus.values()) {
            sql.append(" when ")
                    .append(status.ordinal())
                    .append(" then '")
                    .append(status.name())
                    .append('\'');
        }
        return sql.append(" end").toString();
    }
}
