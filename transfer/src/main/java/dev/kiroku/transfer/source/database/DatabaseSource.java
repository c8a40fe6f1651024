package dev.kiroku.transfer.source.database;

import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.transfer.WebhookRecord;
import dev.kiroku.model.KeyValue;
import dev.kiroku.transfer.source.ArtifactRoot;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.Inventory;
import dev.kiroku.transfer.source.LocalArtifactFolder;
import dev.kiroku.transfer.source.PageIterator;
import dev.kiroku.transfer.source.TransferSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The database of an MLflow tracking server. Queries are short and hold no locks between them, so that the server can go on working; what it
 * writes meanwhile comes with the next import.
 */
public final class DatabaseSource implements TransferSource {
    /** Tables of what Kiroku does not have, and what their rows are called. */
    private static final Map<String, String> LEFT = new TreeMap<>(Map.of(
            "trace_info", "traces",
            "assessments", "assessments of traces",
            "evaluation_datasets", "evaluation datasets",
            "scorers", "scorers",
            "endpoints", "gateway endpoints",
            "secrets", "gateway secrets",
            "jobs", "jobs",
            "mcp_servers", "MCP servers"));

    private static final String DEFAULT_FOLDER = "mlruns";

    private final MlflowDatabase database;
    private final MlflowSchema schema;
    private final List<String> problems = new ArrayList<>();

    private DatabaseSource(MlflowDatabase database, MlflowSchema schema) {
        this.database = database;
        this.schema = schema;
    }

    /** Returns whether a text is the URI of a database. */
    public static boolean accepts(String uri) {
        return DatabaseUri.isDatabase(uri);
    }

    /**
     * Opens a database.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it is not MLflow's or has a schema that is not known
     */
    public static DatabaseSource open(String uri) {
        MlflowDatabase database = MlflowDatabase.open(DatabaseUri.parse(uri));
        try {
            return new DatabaseSource(database, MlflowSchema.read(database));
        } catch (SQLException e) {
            database.close();
            throw MlflowDatabase.failure(database.uri(), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private interface Query<T> {
        T run() throws SQLException;
    }

    private <T> T query(Query<T> query) {
        try {
            return query.run();
        } catch (SQLException e) {
            throw MlflowDatabase.failure(database.uri(), e);
        }
    }

    @Override
    public String description() {
        return "MLflow database " + database.uri().shown() + " (schema of MLflow " + schema.release() + ")";
    }

    @Override
    public Inventory inventory() {
        return query(() -> {
            Map<RecordKind, Long> counts = new EnumMap<>(RecordKind.class);
            counts.put(RecordKind.EXPERIMENT, countInDefaultWorkspace("experiments"));
            counts.put(RecordKind.RUN, database.count("runs"));
            counts.put(RecordKind.METRIC_POINT, database.count("metrics"));
            if (schema.hasTable("logged_models")) {
                counts.put(RecordKind.LOGGED_MODEL, database.count("logged_models"));
            }
            counts.put(RecordKind.REGISTERED_MODEL, countInDefaultWorkspace("registered_models"));
            counts.put(
                    RecordKind.MODEL_VERSION,
                    countInDefaultWorkspace("model_versions")
                            - database.count("model_versions where " + schema.inDefaultWorkspace("model_versions")
                                    + " and current_stage = 'Deleted_Internal'"));
            counts.put(RecordKind.WEBHOOK, (long) webhooks().size());
            List<String> left = new ArrayList<>();
            for (Map.Entry<String, String> table : LEFT.entrySet()) {
                long rows = schema.hasTable(table.getKey()) ? database.count(table.getKey()) : 0;
                if (rows > 0) {
                    left.add(rows + " " + table.getValue());
                }
            }
            long others = database.count("experiments") - counts.get(RecordKind.EXPERIMENT);
            if (others > 0) {
                left.add(others + " experiments of workspaces other than 'default'");
            }
            return new Inventory(counts, left);
        });
    }

    private long countInDefaultWorkspace(String table) throws SQLException {
        return database.count(table + " where " + schema.inDefaultWorkspace(table));
    }

    @Override
    public List<ExperimentRecord> experiments() {
        return query(() -> {
            Map<Long, List<KeyValue>> tags = new HashMap<>();
            database.each(
                    "select experiment_id, \"key\", value from experiment_tags order by experiment_id, \"key\"",
                    row -> tags.computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                            .add(new KeyValue(row.getString(2), RunReader.orEmpty(row.getString(3)))));
            return database.list(
                    "select experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time from experiments where "
                            + schema.inDefaultWorkspace("experiments") + " order by experiment_id",
                    row -> new ExperimentRecord(
                            row.getLong("experiment_id"),
                            row.getString("name"),
                            RunReader.orEmpty(row.getString("artifact_location")),
                            RunReader.parseStage(row.getString("lifecycle_stage")),
                            row.getLong("creation_time"),
                            row.getLong("last_update_time"),
                            tags.getOrDefault(row.getLong("experiment_id"), List.of())));
        });
    }

    @Override
    public Iterator<List<RunRecord>> runs(Collection<Long> experimentIds) {
        RunReader reader = new RunReader(database, schema);
        return new PageIterator<>(last -> query(() -> reader.page(experimentIds, last == null ? "" : last.id())));
    }

    @Override
    public void readMetrics(List<RunRecord> runs, Consumer<RunMetrics> consumer) {
        query(() -> {
            new MetricReader(database).read(runs, consumer);
            return Boolean.TRUE;
        });
    }

    @Override
    public Iterator<List<LoggedModelRecord>> loggedModels(Collection<Long> experimentIds) {
        if (!schema.hasTable("logged_models") || experimentIds.isEmpty()) {
            return List.<List<LoggedModelRecord>>of().iterator();
        }
        LoggedModelReader reader = new LoggedModelReader(database);
        return new PageIterator<>(last -> query(() -> reader.page(experimentIds, last == null ? "" : last.id())));
    }

    @Override
    public Iterator<List<RegisteredModelRecord>> registeredModels() {
        RegistryReader reader = new RegistryReader(database, schema);
        return new PageIterator<>(last -> query(() -> reader.page(last == null ? "" : last.name())));
    }

    @Override
    public List<WebhookRecord> webhooks() {
        return query(() -> new RegistryReader(database, schema).webhooks());
    }

    /**
     * Returns the folders that MLflow uses by default beside an SQLite database: {@code mlruns}, also under the path that it had on the machine from which it
     * was copied, and {@code mlartifacts} for what its server serves. Other places are known from records only, which anybody may have written.
     */
    @Override
    public List<ArtifactRoot> artifactRoots() {
        List<ArtifactRoot> roots = new ArrayList<>();
        database.uri().findFolder().ifPresent(folder -> {
            Path proxied = folder.resolve("mlartifacts");
            for (Path each : List.of(folder.resolve(DEFAULT_FOLDER), proxied)) {
                if (Files.isDirectory(each)) {
                    roots.add(new ArtifactRoot(each.toString(), new LocalArtifactFolder(each)));
                }
            }
            Path local = folder.resolve(DEFAULT_FOLDER);
            if (Files.isDirectory(local)) {
                formerFolders().forEach(path -> roots.add(new ArtifactRoot(path, new LocalArtifactFolder(local))));
            }
            if (Files.isDirectory(proxied)) {
                roots.add(new ArtifactRoot(ArtifactRoot.PROXIED, new LocalArtifactFolder(proxied)));
            }
        });
        return roots;
    }

    /** Returns paths that do not exist on this machine, of which experiments say that they were {@code mlruns}. */
    private Set<String> formerFolders() {
        Set<String> folders = new TreeSet<>();
        for (ExperimentRecord experiment : experiments()) {
            ArtifactSource.findPath(experiment.artifactLocation())
                    .map(Path::getParent)
                    .filter(parent -> parent.endsWith(DEFAULT_FOLDER) && !Files.exists(parent))
                    .ifPresent(parent -> folders.add(parent.toString()));
        }
        return folders;
    }

    @Override
    public List<String> problems() {
        return List.copyOf(problems);
    }

    @Override
    public void close() {
        database.close();
    }
}
