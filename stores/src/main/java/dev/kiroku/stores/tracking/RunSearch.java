package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.Comparator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Field;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.tracking.RunStore;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.model.tracking.ViewType;
import dev.kiroku.stores.sql.Conditions;
import dev.kiroku.stores.sql.Interned;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A search over runs as SQL: FROM and WHERE, and the order. */
final class RunSearch {
    private static final long NO_SUCH_KEY = -1;

    private final Tx tx;
    private final Interned keys;
    private final Sql from = Sql.of(" from runs r");
    private final Sql where = Sql.of(" where 1 = 1");
    private final Keyset order;

    RunSearch(Tx tx, Interned keys, RunStore.Query query) throws SQLException {
        this.tx = tx;
        this.keys = keys;
        this.order = new Keyset("runs " + query.order());
        where.add(" and r.experiment_id in ").addIn(query.experimentIds());
        if (query.view() != ViewType.ALL) {
            where.add(" and r.stage = ?", query.view() == ViewType.ACTIVE_ONLY ? 0 : 1);
        }
        for (Condition condition : query.filter().conditions()) {
            where.add(" and ").add(compile(condition));
        }
        orderBy(query.order());
    }

    Sql where() {
        return new Sql().add(from).add(where);
    }

    Keyset order() {
        return order;
    }

    private Sql compile(Condition condition) throws SQLException {
        Field field = condition.field();
        return switch (field.kind()) {
            case ATTRIBUTE -> attribute(field.key(), condition);
            case METRIC -> metric(field.key(), condition);
            case PARAM -> text("params", field.key(), condition);
            case TAG -> text("tags", field.key(), condition);
            case DATASET -> dataset(field.key(), condition);
            default -> throw invalid("Runs cannot be searched by %s.", field.kind());
        };
    }

    private Sql attribute(String name, Condition condition) {
        return switch (name) {
            case "status" -> Conditions.compare(statusName(), condition, tx.dialect());
            default -> Conditions.compare(column(name), condition, tx.dialect());
        };
    }

    private Sql metric(String key, Condition condition) throws SQLException {
        Sql metric = Sql.of("select 1 from latest_metrics m where m.run_key = r.run_key and m.key_id = ?", keyId(key));
        // Every comparison with NaN is false but "unequal".
        return switch (condition.comparator()) {
            case IS_NULL, IS_NOT_NULL -> Conditions.exists(metric, "m.value", condition, tx.dialect());
            case NE -> Sql.of("exists (").add(metric).add(" and (m.is_nan = 1 or ").add(Conditions.compare("m.value", condition, tx.dialect())).add("))");
            default -> Conditions.exists(metric.add(" and m.is_nan = 0"), "m.value", condition, tx.dialect());
        };
    }

    /** Params and tags: what is compared is the distinct texts, and then their numbers. */
    private Sql text(String table, String key, Condition condition) throws SQLException {
        Sql pair = Sql.of("select 1 from " + table + " p where p.run_key = r.run_key and p.key_id = ?", keyId(key));
        if (condition.comparator() == Comparator.IS_NULL || condition.comparator() == Comparator.IS_NOT_NULL) {
            return Conditions.exists(pair, "p.value_id", condition, tx.dialect());
        }
        return Sql.of("exists (")
                .add(pair)
                .add(" and exists (select 1 from texts v where v.id = p.value_id and (")
                .add(Conditions.compare("v.value", condition, tx.dialect()))
                .add(")))");
    }

    private Sql dataset(String key, Condition condition) {
        String joined = "select 1 from run_datasets i join datasets d on d.id = i.dataset_id";
        String ofRun = " where i.run_key = r.run_key";
        return switch (key) {
            case "name", "digest" -> Conditions.exists(Sql.of(joined + ofRun), "d." + key, condition, tx.dialect());
            case "context" -> Conditions.exists(
                    Sql.of("select 1 from run_dataset_tags i" + ofRun + " and i.key = 'mlflow.data.context'"), "i.value", condition, tx.dialect());
            default -> throw invalid("Runs cannot be searched by the dataset's '%s'.", key);
        };
    }

    private void orderBy(List<OrderTerm> asked) throws SQLException {
        Set<Field> seen = new HashSet<>();
        boolean byStart = false;
        for (OrderTerm term : asked) {
            Field field = term.field();
            if (!seen.add(field)) {
                throw invalid("`order_by` contains duplicate fields: %s", asked.stream().map(t -> t.field().key()).toList());
            }
            int n = seen.size();
            switch (field.kind()) {
                case ATTRIBUTE -> {
                    byStart |= field.key().equals("start_time");
                    attributeOrder(field.key(), term.ascending());
                }
                case METRIC -> {
                    from.add(" left join latest_metrics m" + n + " on m" + n + ".run_key = r.run_key and m" + n + ".key_id = ?", keyId(field.key()));
                    order.by("case when m" + n + ".is_nan = 1 then 1 when m" + n + ".value is null then 2 else 0 end", Keyset.Kind.NUMBER, true);
                    order.by("m" + n + ".value", Keyset.Kind.REAL, term.ascending());
                }
                case PARAM -> textOrder("params", n, field.key(), term.ascending());
                case TAG -> textOrder("tags", n, field.key(), term.ascending());
                default -> throw invalid("Runs cannot be ordered by %s.", field.kind());
            }
        }
        if (!byStart) {
            order.by("r.start_time", Keyset.Kind.NUMBER, false);
        }
        order.by("r.run_id", Keyset.Kind.TEXT, true);
    }

    private void attributeOrder(String name, boolean ascending) {
        if (name.equals("end_time")) {
            order.by("case when r.end_time is null then 1 else 0 end", Keyset.Kind.NUMBER, true);
        }
        boolean number = name.equals("start_time") || name.equals("end_time") || name.equals("experiment_id");
        order.by(name.equals("status") ? statusName() : column(name), number ? Keyset.Kind.NUMBER : Keyset.Kind.TEXT, ascending);
    }

    private void textOrder(String table, int n, String key, boolean ascending) throws SQLException {
        from.add(
                " left join " + table + " p" + n + " on p" + n + ".run_key = r.run_key and p" + n + ".key_id = ?"
                        + " left join texts v" + n + " on v" + n + ".id = p" + n + ".value_id",
                keyId(key));
        order.by("case when v" + n + ".value is null then 1 else 0 end", Keyset.Kind.NUMBER, true);
        order.by("v" + n + ".value", Keyset.Kind.TEXT, ascending);
    }

    private long keyId(String key) throws SQLException {
        Optional<Long> id = keys.find(tx, key);
        return id.orElse(NO_SUCH_KEY);
    }

    private static String column(String attribute) {
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
    private static String statusName() {
        StringBuilder sql = new StringBuilder("case r.status");
        for (RunStatus status : RunStatus.values()) {
            sql.append(" when ").append(status.ordinal()).append(" then '").append(status.name()).append('\'');
        }
        return sql.append(" end").toString();
    }
}
