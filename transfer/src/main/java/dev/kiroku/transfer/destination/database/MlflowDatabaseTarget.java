package dev.kiroku.transfer.destination.database;

import static java.util.Objects.requireNonNullElse;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.MetricPoints;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.Dataset;
import dev.kiroku.model.tracking.DatasetInput;
import dev.kiroku.model.tracking.Metric;
import dev.kiroku.transfer.destination.TransferTarget;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A database whose schema MLflow 3.17 or 3.18 created, on SQLite or PostgreSQL. Each page of runs is one transaction. Records that are there get the
 * values of the export, and metric points that are there are not added again.
 */
public final class MlflowDatabaseTarget implements TransferTarget {
    private static final List<String> EXPERIMENT_COLUMNS = List.of(
            "experiment_id", "name", "artifact_location", "lifecycle_stage", "creation_time", "last_update_time");
    private static final List<String> RUN_COLUMNS = List.of(
            "run_uuid",
            "experiment_id",
            "name",
            "user_id",
            "status",
            "start_time",
            "end_time",
            "lifecycle_stage",
            "deleted_time",
            "artifact_uri",
            "source_type",
            "source_name",
            "entry_point_name",
            "source_version");
    private static final List<String> METRIC_COLUMNS =
            List.of("key", "timestamp", "step", "run_uuid", "value", "is_nan");
    private static final List<String> INPUT_COLUMNS =
            List.of("input_uuid", "source_type", "source_id", "destination_type", "destination_id", "step");
    private static final List<String> DATASET_COLUMNS = List.of(
            "experiment_id",
            "name",
            "digest",
            "dataset_uuid",
            "dataset_source_type",
            "dataset_source",
            "dataset_schema",
            "dataset_profile");

    private final Connection connection;
    private final String description;
    private final boolean postgres;
    private final RowWriter rows;
    private final RegistryRows registry;
    private final List<String> pageOfRuns = new ArrayList<>();

    /**
     * Opens a database.
     *
     * @param connection is closed with the target
     * @param description the URI without a password
     * @throws KirokuException with {@code INVALID_PARAMETER_VALUE} if MLflow has not created the tables
     */
    public MlflowDatabaseTarget(Connection connection, String description) {
        this.connection = connection;
        this.description = description;
        this.rows = new RowWriter(connection);
        this.registry = new RegistryRows(rows);
        try {
            this.postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
            connection.setAutoCommit(false);
            requireSchema();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private interface Step {
        void run() throws SQLException;
    }

    private void requireSchema() throws SQLException {
        // The newest of the columns that an export needs.
        try (var columns = connection.getMetaData().getColumns(null, null, "model_versions", "workspace")) {
            if (!columns.next()) {
                throw KirokuException.invalid(
                        "%s has no tables of MLflow 3.17 or newer. Create them first: mlflow db upgrade %s",
                        description, description);
            }
        }
    }

    private void transaction(Step step) {
        try {
            step.run();
            rows.flush();
            connection.commit();
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private KirokuException failure(SQLException e) {
        SQLException cause =
                e instanceof BatchUpdateException && e.getNextException() != null ? e.getNextException() : e;
        return new KirokuException(
                ErrorCode.INVALID_PARAMETER_VALUE, description + " refuses a record: " + cause.getMessage(), e);
    }

    @Override
    public String description() {
        return "MLflow database " + description;
    }

    @Override
    public void experiments(List<ExperimentRecord> experiments) {
        transaction(() -> {
            for (ExperimentRecord each : experiments) {
                requireFree(each);
                rows.put(
                        "experiments",
                        1,
                        EXPERIMENT_COLUMNS,
                        each.id(),
                        each.name(),
                        each.artifactLocation(),
                        each.stage().wireName(),
                        each.creationTime(),
                        each.lastUpdateTime());
            }
            rows.flush();
            for (ExperimentRecord each : experiments) {
                putTags("experiment_tags", "experiment_id", each.id(), each.tags());
            }
        });
    }

    private void requireFree(ExperimentRecord experiment) throws SQLException {
        if (postgres && experiment.id() > Integer.MAX_VALUE) {
            throw KirokuException.invalid(
                    "The id of the experiment '%s', %d, is too great for MLflow on PostgreSQL. Export to SQLite, or leave it out with --experiment.",
                    experiment.name(), experiment.id());
        }
        Optional<String> other = rows.find(
                "select experiment_id from experiments where name = ? and experiment_id <> ?",
                experiment.name(),
                experiment.id());
        if (other.isPresent()) {
            throw KirokuException.alreadyExists(
                    "%s has an experiment '%s' already, with the id %s instead of %d. Export into a new database, or rename one of them.",
                    description, experiment.name(), other.get(), experiment.id());
        }
    }

    private void putTags(String table, String ownerColumn, Object owner, List<KeyValue> tags) throws SQLException {
        for (KeyValue tag : tags) {
            rows.put(table, 2, List.of("key", ownerColumn, "value"), tag.key(), owner, tag.value());
        }
    }

    @Override
    public void runs(List<RunRecord> runs) {
        pageOfRuns.clear();
        try {
            for (RunRecord run : runs) {
                pageOfRuns.add(run.id());
                rows.put(
                        "runs",
                        1,
                        RUN_COLUMNS,
                        run.id(),
                        run.experimentId(),
                        run.name(),
                        run.userId(),
                        run.status().name(),
                        run.startTime(),
                        run.endTime(),
                        run.stage().wireName(),
                        run.deletedTime(),
                        run.artifactUri(),
                        "UNKNOWN",
                        "",
                        "",
                        "");
            }
            rows.flush();
            for (RunRecord run : runs) {
                putTags("params", "run_uuid", run.id(), run.params());
                putTags("tags", "run_uuid", run.id(), run.tags());
                putInputs(run);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    private void putInputs(RunRecord run) throws SQLException {
        for (DatasetInput input : run.datasets()) {
            String dataset = putDataset(run.experimentId(), input.dataset());
            String id = uuid("input", dataset, run.id());
            rows.insert("inputs", INPUT_COLUMNS, id, "DATASET", dataset, "RUN", run.id(), 0L);
            for (KeyValue tag : input.tags()) {
                rows.insert("input_tags", List.of("input_uuid", "name", "value"), id, tag.key(), tag.value());
            }
        }
        for (var input : run.modelInputs()) {
            String id = uuid("model-input", run.id(), input.modelId());
            rows.insert("inputs", INPUT_COLUMNS, id, "RUN_INPUT", run.id(), "MODEL_INPUT", input.modelId(), 0L);
        }
        for (var output : run.modelOutputs()) {
            String id = uuid("model-output", run.id(), output.modelId());
            rows.insert(
                    "inputs",
                    INPUT_COLUMNS,
                    id,
                    "RUN_OUTPUT",
                    run.id(),
                    "MODEL_OUTPUT",
                    output.modelId(),
                    output.step());
        }
    }

    /** Returns the id of the row of a dataset, which is added if it is missing. */
    private String putDataset(long experimentId, Dataset dataset) throws SQLException {
        String find = "select dataset_uuid from datasets where experiment_id = ? and name = ? and digest = ?";
        Optional<String> present = rows.find(find, experimentId, dataset.name(), dataset.digest());
        if (present.isPresent()) {
            return present.get();
        }
        String id = uuid("dataset", Long.toString(experimentId), dataset.name(), dataset.digest());
        rows.insert(
                "datasets",
                DATASET_COLUMNS,
                experimentId,
                dataset.name(),
                dataset.digest(),
                id,
                dataset.sourceType(),
                dataset.source(),
                dataset.schema(),
                dataset.profile());
        return id;
    }

    /** Returns an id that depends on the parts only, so that an export that is repeated adds no rows. */
    private static String uuid(String... parts) {
        byte[] bytes = String.join("\0", parts).getBytes(StandardCharsets.UTF_8);
        return UUID.nameUUIDFromBytes(bytes).toString().replace("-", "");
    }

    @Override
    public void metrics(RunMetrics metrics) {
        try {
            for (MetricPoints points : metrics.series()) {
                for (int i = 0; i < points.size(); i++) {
                    double value = points.values()[i];
                    rows.insert(
                            "metrics",
                            METRIC_COLUMNS,
                            points.key(),
                            points.timestamps()[i],
                            points.steps()[i],
                            metrics.runId(),
                            storedValue(value),
                            Double.isNaN(value));
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Returns a number as MLflow stores it: NaN as 0 beside a flag, and infinities as the greatest numbers. */
    static double storedValue(double value) {
        return Double.isNaN(value) ? 0 : Math.clamp(value, -Double.MAX_VALUE, Double.MAX_VALUE);
    }

    @Override
    public void endRuns() {
        transaction(() -> {
            for (String run : pageOfRuns) {
                rows.execute("delete from latest_metrics where run_uuid = ?", run);
                rows.execute("""
                        insert into latest_metrics ("key", value, timestamp, step, is_nan, run_uuid)
                        select "key", value, timestamp, step, is_nan, run_uuid from (
                          select m.*, row_number() over (partition by m."key" order by m.step desc, m.timestamp desc, m.value desc) as place
                          from metrics m where m.run_uuid = ?) ranked
                        where place = 1""", run);
            }
        });
    }

    @Override
    public void loggedModels(List<LoggedModelRecord> models) {
        transaction(() -> {
            for (LoggedModelRecord model : models) {
                registry.putLoggedModel(model);
            }
            rows.flush();
            for (LoggedModelRecord model : models) {
                registry.putLoggedModelValues(model);
                for (Metric metric : model.metrics()) {
                    // An export of some runs has no run for the others' metrics.
                    if (metric.runId() != null && hasRun(metric.runId())) {
                        registry.putLoggedModelMetric(model, metric, datasetId(model, metric));
                    }
                }
            }
        });
    }

    private boolean hasRun(String runId) throws SQLException {
        return rows.find("select run_uuid from runs where run_uuid = ?", runId).isPresent();
    }

    private @Nullable String datasetId(LoggedModelRecord model, Metric metric) throws SQLException {
        if (metric.datasetName() == null) {
            return null;
        }
        return rows.find(
                        "select dataset_uuid from datasets where experiment_id = ? and name = ? and digest = ?",
                        model.experimentId(),
                        metric.datasetName(),
                        requireNonNullElse(metric.datasetDigest(), ""))
                .orElse(null);
    }

    @Override
    public void registeredModels(List<RegisteredModelRecord> models) {
        transaction(() -> registry.putRegisteredModels(models));
    }

    /** Sets the number from which PostgreSQL counts the next experiments. SQLite continues after the greatest one. */
    @Override
    public void finish() {
        transaction(() -> {
            if (postgres) {
                rows.execute("""
                        select setval(pg_get_serial_sequence('experiments', 'experiment_id'),
                          (select greatest(max(experiment_id), 1) from experiments))""");
            }
        });
    }

    @Override
    public void close() {
        try (connection) {
            rows.close();
        } catch (SQLException e) {
            throw failure(e);
        }
    }
}
