package dev.kiroku.stores.tracking;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.abbreviate;

import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.tracking.LoggedModelStore;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelApi.DatasetFilter;
import dev.kiroku.model.tracking.LoggedModelApi.LoggedModelOrderBy;
import dev.kiroku.model.tracking.LoggedModelStatus;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.SqlConditions;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A search over logged models as SQL. */
final class LoggedModelSearch {
    private final Transaction tx;
    private final Sql from = Sql.of(" from logged_models l");
    private final Sql where = Sql.of(" where l.stage = ?", StoredEnums.LIFECYCLE_STAGE.encode(LifecycleStage.ACTIVE));
    private final Keyset order;

    /** Compiles a query. */
    LoggedModelSearch(Transaction tx, LoggedModelStore.Query query) {
        this.tx = tx;
        // Like MLflow, refuses a token if the experiments, the filter or the order have changed.
        this.order = new Keyset("logged models " + query.experimentIds() + query.filter() + query.order());
        where.add(" and l.experiment_id in ").addIn(query.experimentIds());
        Sql onDatasets = datasetCondition(query.datasets());
        boolean onMetric = false;
        for (Condition condition : query.filter().conditions()) {
            onMetric |= condition.field().kind() == SearchField.Kind.METRIC;
            where.add(" and ").add(compile(condition, onDatasets));
        }
        if (!onDatasets.isEmpty() && !onMetric) {
            where.add(" and exists (").add(metricRows()).add(onDatasets).add(")");
        }
        orderBy(query.order());
    }

    /** Returns the statement from FROM on. */
    Sql where() {
        return new Sql().add(from).add(where);
    }

    /** Returns the order. */
    Keyset order() {
        return order;
    }

    private Sql compile(Condition condition, Sql onDatasets) {
        SearchField field = condition.field();
        return switch (field.kind()) {
            case ATTRIBUTE -> {
                if (field.key().equals("status")) {
                    requireStatuses(condition.operand());
                }
                yield SqlConditions.compare(comparableColumn(field.key()), condition, tx.dialect());
            }
            case METRIC -> metricCondition(field.key(), condition, onDatasets);
            case PARAM ->
                SqlConditions.exists(keyValueRows("logged_model_params", field), "p.value", condition, tx.dialect());
            case TAG ->
                SqlConditions.exists(keyValueRows("logged_model_tags", field), "p.value", condition, tx.dialect());
            default -> throw invalid("Logged models cannot be searched by %s.", field.kind());
        };
    }

    /** Compares the latest value of a metric, as MLflow does since 3.18; on the datasets of the query if there are any. */
    private Sql metricCondition(String key, Condition condition, Sql onDatasets) {
        Sql rows = metricRows().add(" and m.name = ?", key).add(onDatasets);
        return switch (condition.comparator()) {
            case IS_NULL, IS_NOT_NULL -> SqlConditions.exists(rows, "m.value", condition, tx.dialect());
            default ->
                Sql.of(
                                "(select m.value from logged_model_metrics m where m.model_key = l.model_key and m.name = ?",
                                key)
                        .add(onDatasets)
                        .add(" order by m.timestamp desc, m.step desc, m.run_id limit 1)")
                        .add(SqlConditions.compare("", condition, tx.dialect()));
        };
    }

    private static Sql metricRows() {
        return Sql.of("select 1 from logged_model_metrics m where m.model_key = l.model_key");
    }

    private static Sql keyValueRows(String table, SearchField field) {
        return Sql.of("select 1 from " + table + " p where p.model_key = l.model_key and p.key = ?", field.key());
    }

    private static Sql datasetCondition(List<DatasetFilter> datasets) {
        Sql any = new Sql();
        for (DatasetFilter dataset : datasets) {
            any.add(any.isEmpty() ? " and (" : " or ").add("(m.dataset_name = ?", dataset.datasetName());
            if (hasText(dataset.datasetDigest())) {
                any.add(" and m.dataset_digest = ?", dataset.datasetDigest());
            }
            any.add(")");
        }
        return any.isEmpty() ? any : any.add(")");
    }

    private void orderBy(List<LoggedModelOrderBy> asked) {
        boolean byCreation = false;
        boolean byId = false;
        int n = 0;
        for (LoggedModelOrderBy term : asked) {
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
            order.addKey("case when " + column + " is null then 1 else 0 end", Keyset.ValueType.LONG, true);
            order.addKey(column, number ? Keyset.ValueType.LONG : Keyset.ValueType.TEXT, ascending);
        }
        if (!byCreation) {
            order.addKey("l.creation_time", Keyset.ValueType.LONG, false);
        }
        if (!byId) {
            order.addKey("l.model_id", Keyset.ValueType.TEXT, true);
        }
    }

    /** Orders by the newest value of a metric: the one with the latest timestamp, then the greatest step, then the least run id. */
    private void metricOrder(String alias, String metric, LoggedModelOrderBy term, boolean ascending) {
        Sql ranked = Sql.of("""
                left join (
                  select m.model_key, m.value, row_number() over (
                    partition by m.model_key order by m.timestamp desc, m.step desc, m.run_id) as place
                  from logged_model_metrics m where m.name = ?""", metric);
        if (hasText(term.datasetName())) {
            ranked.add(" and m.dataset_name = ?", term.datasetName());
        }
        if (hasText(term.datasetDigest())) {
            ranked.add(" and m.dataset_digest = ?", term.datasetDigest());
        }
        from.add(" ")
                .add(ranked)
                .add(") " + alias + " on " + alias + ".model_key = l.model_key and " + alias + ".place = 1");
        order.addKey("case when " + alias + ".value is null then 1 else 0 end", Keyset.ValueType.LONG, true);
        order.addKey(alias + ".value", Keyset.ValueType.DOUBLE, ascending);
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

    /** Returns the expression of an attribute to compare: the text that users know, for attributes that are stored as numbers. */
    private String comparableColumn(String attribute) {
        return switch (attribute) {
            case "status" -> StoredEnums.LOGGED_MODEL_STATUS.toTextSql("l.status", LoggedModelSearch::statusName);
            case "lifecycle_stage" -> StoredEnums.LIFECYCLE_STAGE.toTextSql("l.stage", LifecycleStage::wireName);
            case "experiment_id" -> tx.dialect().castToText("l.experiment_id");
            default -> column(attribute);
        };
    }

    /** Returns the name in MLflow's Python enum, which is the one in filters. */
    private static String statusName(LoggedModelStatus status) {
        return switch (status) {
            case LOGGED_MODEL_STATUS_UNSPECIFIED -> "UNSPECIFIED";
            case LOGGED_MODEL_PENDING -> "PENDING";
            case LOGGED_MODEL_READY -> "READY";
            case LOGGED_MODEL_UPLOAD_FAILED -> "FAILED";
        };
    }

    private static void requireStatuses(Operand operand) {
        List<String> known = Arrays.stream(LoggedModelStatus.values())
                .map(LoggedModelSearch::statusName)
                .toList();
        List<String> asked = switch (operand) {
            case Operand.Text(String one) -> List.of(one);
            case Operand.TextList(List<String> several) -> several;
            default -> List.of();
        };
        for (String name : asked) {
            if (!known.contains(name)) {
                throw invalid(
                        "Unknown model status in filter: '%s'. The statuses are %s.",
                        abbreviate(name, 60), String.join(", ", known));
            }
        }
    }

    private static boolean hasText(@Nullable String text) {
        return text != null && !text.isEmpty();
    }
}
