package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.Stage;
import dev.kiroku.core.registry.gates.GateContext;
import dev.kiroku.core.registry.gates.GateTarget;
import dev.kiroku.core.registry.gates.VersionFacts;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.tracking.LatestMetrics;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A model as gates see it, read within the transaction that asks. */
final class SqlGateContext implements GateContext {
    private final Transaction tx;
    private final SqlRegistryStore.ModelRow model;

    SqlGateContext(Transaction tx, SqlRegistryStore.ModelRow model) {
        this.tx = tx;
        this.model = model;
    }

    private interface Read<T> {
        T run() throws SQLException;
    }

    /**
     * What asks here knows nothing of SQL; the store that asked it does, and must see an SQLException as what it is, since some are reasons to
     * try again. So it passes through undeclared.
     */
    private static <T> T reading(Read<T> read) {
        try {
            return read.run();
        } catch (SQLException e) {
            throw SqlGateContext.<RuntimeException>undeclared(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> E undeclared(Exception e) throws E {
        throw (E) e;
    }

    @Override
    public String model() {
        return model.name();
    }

    @Override
    public List<Gate> gates() {
        return reading(() -> SqlGateStore.all(tx));
    }

    @Override
    public long findHolder(GateTarget target) {
        return reading(() -> target.isAlias()
                ? AssignmentWriter.holder(tx, model, target.name())
                : newestIn(Stage.parse(target.name())));
    }

    private long newestIn(Stage stage) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select version from model_versions where model_key = ? and stage = ? order by version desc limit 1",
                                model.key(),
                                stage.ordinal()),
                        row -> row.getLong(1))
                .orElse(0L);
    }

    @Override
    public List<GateTarget> listTargets() {
        return reading(() -> {
            List<GateTarget> held = new ArrayList<>(tx.queryList(
                    Sql.of(
                            "select alias from registered_model_aliases where model_key = ? order by alias",
                            model.key()),
                    row -> GateTarget.alias(row.getString(1))));
            tx.queryEach(
                    Sql.of(
                            "select distinct stage from model_versions where model_key = ? and stage <> ?",
                            model.key(),
                            Stage.NONE.ordinal()),
                    row -> held.add(GateTarget.stage(Stage.values()[row.getInt(1)])));
            return held;
        });
    }

    /** What points at one version. */
    List<GateTarget> listTargetsOf(ModelVersion version) {
        List<GateTarget> held = new ArrayList<>(
                version.aliases().stream().map(GateTarget::alias).toList());
        if (!version.currentStage().equals(Stage.NONE.wireName())) {
            held.add(GateTarget.stage(Stage.parse(version.currentStage())));
        }
        return held;
    }

    @Override
    public VersionFacts getFacts(long number) {
        return reading(() -> {
            ModelVersion version = SqlRegistryStore.requireVersion(tx, model, number);
            Long run = version.runId() == null
                    ? null
                    : tx.queryFirst(
                                    Sql.of("select run_key from runs where run_id = ?", version.runId()),
                                    row -> row.getLong(1))
                            .orElse(null);
            VersionFacts.MlmodelSummary contents = tx.queryFirst(
                            Sql.of(
                                    "select has_signature, flavors from model_version_contents where model_key = ? and version = ?",
                                    model.key(),
                                    number),
                            row -> new VersionFacts.MlmodelSummary(
                                    row.getInt(1) == 1, row.getString(2).lines().toList()))
                    .orElse(null);
            return new VersionFacts(
                    number,
                    version.runId(),
                    run == null ? Map.of() : metrics(run),
                    run == null ? Map.of() : pairs("params", run),
                    run == null ? Map.of() : pairs("tags", run),
                    version.tags().stream().collect(Collectors.toMap(KeyValue::key, KeyValue::value)),
                    version.description(),
                    contents);
        });
    }

    private Map<String, Double> metrics(long run) throws SQLException {
        Map<String, Double> metrics = new HashMap<>();
        LatestMetrics.read(tx, List.of(run), List.of(run), (_, key, latest) -> metrics.put(key, latest.value()));
        return metrics;
    }

    private Map<String, String> pairs(String table, long run) throws SQLException {
        Map<String, String> pairs = new HashMap<>();
        tx.queryEach(
                Sql.of(
                        "select k.value, t.value from " + table
                                + " p join keys k on k.id = p.key_id join texts t on t.id = p.value_id"
                                + " where p.run_key = ?",
                        run),
                row -> pairs.put(row.getString(1), row.getString(2)));
        return pairs;
    }
}
