package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Field;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelApi.OnDataset;
import dev.kiroku.model.tracking.LoggedModelApi.OrderBy;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.stores.sql.Conditions;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.util.List;

/** A search over logged models as SQL: FROM and WHERE, and the order. */
final class LoggedModelSearch {
    private final Tx tx;
    private final Sql from = Sql.of(" from logged_models l");
    private final Sql where = Sql.of(" where l.stage = 0");
    private final Keyset order;

    LoggedModelSearch(Tx tx, LoggedModelStore.Query query) {
        this.tx = tx;
        // MLflow, too, refuses a token when the experiments, the filter or the order have changed.
        this.order = new Keyset("logged models " + query.experimentIds() + query.filter() + query.order());
        where.add(" and l.experiment_id in ").addIn(query.experimentIds());
        Sql onDatasets = onDatasets(query.datasets());
        boolean onMetric = false;
        for (Condition condition : query.filter().conditions()) {
            onMetric |= condition.field().kind() == Field.Kind.METRIC;
            where.add(" and ").add(compile(condition, onDatasets));
        }
        if (!onDatasets.isEmpty() && !onMetric) {
            where.add(" and exists (").add(metrics()).add(onDatasets).add(")");
        }
        orderBy(query.order());
    }

    Sql where() {
        return new Sql().add(from).add(where);
    }

    Keyset order() {
        return order;
    }

    private Sql compile(Condition condition, Sql onDatasets) {
        Field field = condition.field();
        return switch (field.kind()) {
            case ATTRIBUTE -> Conditions.compare(compared(field.key()), condition, tx.dialect());
            case METRIC ->
                Conditions.exists(
                        metrics().add(" and m.name = ?", field.key()).add(onDatasets),
                        "m.value",
                        condition,
                        tx.dialect());
            case PARAM -> Conditions.exists(pairs("logged_model_params", field), "p.value", condition, tx.dialect());
            case TAG -> Conditions.exists(pairs("logged_model_tags", field), "p.value", condition, tx.dialect());
            default -> throw invalid("Logged models cannot be searched by %s.", field.kind());
        };
    }

    private static Sql metrics() {
        return Sql.of("select 1 from logged_model_metrics m where m.model_key = l.model_key");
    }

    private static Sql pairs(String table, Field field) {
        return Sql.of("select 1 from " + table + " p where p.model_key = l.model_key and p.key = ?", field.key());
    }

    private static Sql onDatasets(List<OnDataset> datasets) {
        Sql any = new Sql();
        for (OnDataset dataset : datasets) {
            any.add(any.isEmpty() ? " and (" : " or ").add("(m.dataset_name = ?", dataset.datasetName());
            if (isGiven(dataset.datasetDigest())) {
                any.add(" and m.dataset_digest = ?", dataset.datasetDigest());
            }
            any.add(")");
        }
        return any.isEmpty() ? any : any.add(")");
    }

    private void orderBy(List<OrderBy> asked) {
        boolean byCreation = false;
        boolean byId = false;
        int n = 0;
        for (OrderBy term : asked) {
            String field = term.fieldName() == null ? "" : term.fieldName();
            boolean ascending = !Boolean.FALSE.equals(term.ascending());
            if (field.startsWith("metrics.")) {
                metricOrder("m" + n++, field.substring("metrics.".length()), term, ascending);
                continue;
            }
            if (field.contains(".")) {
                throw invalid("Invalid order by field name: %s. Only metrics are supported.", field);
            }
            String column = column(field);
            byCreation |= column.equals("l.creation_time");
            byId |= column.equals("l.model_id");
            boolean number = column.endsWith("_time") || column.equals("l.experiment_id") || column.equals("l.status");
            order.by("case when " + column + " is null then 1 else 0 end", Keyset.Kind.NUMBER, true);
            order.by(column, number ? Keyset.Kind.NUMBER : Keyset.Kind.TEXT, ascending);
        }
        if (!byCreation) {
            order.by("l.creation_time", Keyset.Kind.NUMBER, false);
        }
        if (!byId) {
            order.by("l.model_id", Keyset.Kind.TEXT, true);
        }
    }

    /** By the newest value of the metric: of the latest timestamp, then step, then of the first run. */
    private void metricOrder(String alias, String metric, OrderBy term, boolean ascending) {
        Sql ranked = Sql.of(
                " left join (select m.model_key, m.value, row_number() over (partition by m.model_key"
                        + " order by m.timestamp desc, m.step desc, m.run_id) as place from logged_model_metrics m where m.name = ?",
                metric);
        if (isGiven(term.datasetName())) {
            ranked.add(" and m.dataset_name = ?", term.datasetName());
        }
        if (isGiven(term.datasetDigest())) {
            ranked.add(" and m.dataset_digest = ?", term.datasetDigest());
        }
        from.add(ranked).add(") " + alias + " on " + alias + ".model_key = l.model_key and " + alias + ".place = 1");
        order.by("case when " + alias + ".value is null then 1 else 0 end", Keyset.Kind.NUMBER, true);
        order.by(alias + ".value", Keyset.Kind.REAL, ascending);
    }

    private static String column(String attribute) {
        return switch (attribute) {
            case "model_id" -> "l.model_id";
            case "experiment_id" -> "l.experiment_id";
            case "name" -> "l.name";
            case "artifact_location" -> "l.artifact_location";
            case "creation_timestamp_ms", "creation_timestamp", "creation_time" -> "l.creation_time";
            case "last_updated_timestamp_ms", "last_updated_timestamp" -> "l.last_update_time";
            case "model_type" -> "l.model_type";
            case "source_run_id" -> "l.source_run_id";
            case "status_message" -> "l.status_message";
            case "status" -> "l.status";
            case "lifecycle_stage" -> "l.stage";
            default -> throw invalid("Invalid attribute of a logged model: '%s'.", attribute);
        };
    }

    /** Some attributes are kept as numbers and compared as the texts that users know. */
    private static String compared(String attribute) {
        return switch (attribute) {
            case "status" -> statusName();
            case "lifecycle_stage" ->
                "case l.stage when " + LifecycleStage.ACTIVE.ordinal() + " then 'active' else 'deleted' end";
            case "experiment_id" -> "cast(l.experiment_id as text)";
            default -> column(attribute);
        };
    }

    /** As in Python: READY. */
    private static String statusName() {
        StringBuilder sql = new StringBuilder("case l.status");
        for (LoggedModelStatus status : LoggedModelStatus.values()) {
            sql.append(" when ")
                    .append(status.ordinal())
                    .append(" then '")
                    .append(status.name().replace("LOGGED_MODEL_", ""))
                    .append('\'');
        }
        return sql.append(" end").toString();
    }

    private static boolean isGiven(String text) {
        return text != null && !text.isEmpty();
    }
}
