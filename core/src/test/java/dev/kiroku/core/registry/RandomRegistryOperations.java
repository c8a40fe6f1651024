package dev.kiroku.core.registry;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.approvals.Approvals;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.RegistryTransactions;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Random sequences of all operations of the registry by a person who may not approve. After each operation it is
 * verified, with knowledge of its own, that each guarded name points at what it pointed at before, at nothing, or at a
 * version that the gates permit.
 */
public final class RandomRegistryOperations {
    private static final List<String> NAMES = List.of("prod", "prod-b", "free", "other");
    private static final List<String> ALIASES = List.of("champion", "signed", "challenger");
    private static final double MINIMUM = 0.3;
    private static final double TOLERANCE = 0.2;
    private static final Caller ADMIN = new Caller("ann", "r1");
    private static final Caller EVE = new Caller("eve", "r2");

    /** Logs a metric to a run. */
    public interface MetricLogger {
        void log(String runId, String key, double value);
    }

    private record GuardedName(String model, GateTarget target) {}

    private record Version(long modelKey, long number) {}

    private final RegistryTransactions registry;
    private final MetricLogger metrics;
    private final UnaryOperator<String> artifactRoot;
    private final Random random;
    private final RegistryWriter writer;
    private final Approvals approvals;
    private final Map<Version, Double> accuracies = new HashMap<>();
    private final Map<GuardedName, Version> holders = new HashMap<>();
    private final Map<GuardedName, Double> lastAccuracies = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private final StringBuilder violations = new StringBuilder();
    private int runs;
    private int changes;
    private int refusals;

    /**
     * Sets up models, versions and gates.
     *
     * @param artifactRoot the artifact root of a run
     */
    public RandomRegistryOperations(
            RegistryTransactions registry, MetricLogger metrics, UnaryOperator<String> artifactRoot, long seed) {
        this.registry = registry;
        this.metrics = metrics;
        this.artifactRoot = artifactRoot;
        this.random = new Random(seed);
        this.writer = new RegistryWriter(registry);
        this.approvals = new Approvals(registry, () -> Instant.ofEpochMilli(1000));
        writer.create("prod", null, List.of(), by(ADMIN));
        for (double accuracy : new double[] {0.5, 0.7}) {
            addVersion("prod", accuracy);
        }
        writer.setAlias("prod", "champion", 2, null, by(ADMIN));
        writer.setAlias("prod", "signed", 1, null, by(ADMIN));
        writer.transitionStage("prod", 1, Stage.PRODUCTION, false, by(ADMIN));
        writer.transitionStage("prod", 2, Stage.PRODUCTION, false, by(ADMIN));
        new Gates(registry, () -> Instant.ofEpochMilli(1000))
                .apply(
                        new GateApi.ApplyGatesRequest(
                                List.of(
                                        new Gate(
                                                "quality",
                                                "prod*",
                                                "champion",
                                                null,
                                                condition("champion"),
                                                null,
                                                null),
                                        new Gate("stage", "prod*", null, "Production", condition("holder"), null, null),
                                        new Gate(
                                                "signed",
                                                "prod*",
                                                "signed",
                                                null,
                                                null,
                                                new Gate.ApprovalRequirement(1L, List.of("bob"), null, true),
                                                null)),
                                null,
                                null),
                        ADMIN);
        findHolders().forEach((name, version) -> {
            holders.put(name, version);
            lastAccuracies.put(name, accuracies.get(version));
        });
    }

    private static String condition(String holder) {
        return "metrics.accuracy >= " + MINIMUM + " AND metrics.accuracy >= " + holder + ".metrics.accuracy - "
                + TOLERANCE;
    }

    private static ChangeContext by(Caller caller) {
        return new ChangeContext(caller, 1000);
    }

    private void addVersion(String model, double accuracy) {
        String run = "random" + runs++;
        metrics.log(run, "accuracy", accuracy);
        String location = artifactRoot.apply(run);
        var created = writer.createVersion(
                new NewVersion(model, location, location, run, null, null, List.of(), null), by(EVE));
        long key = registry.inSnapshot(snapshot -> snapshot.requireModel(model).key());
        accuracies.put(new Version(key, Long.parseLong(created.version())), accuracy);
    }

    /** Returns what guarded names point at, as clients see it. */
    private Map<GuardedName, Version> findHolders() {
        return registry.inSnapshot(snapshot -> {
            Map<GuardedName, Version> found = new HashMap<>();
            for (String name : NAMES) {
                ModelRow model = snapshot.findModel(name).orElse(null);
                if (model == null || !name.startsWith("prod")) {
                    continue;
                }
                for (GateTarget target : List.of(
                        GateTarget.alias("champion"), GateTarget.alias("signed"), GateTarget.stage(Stage.PRODUCTION))) {
                    long holder = snapshot.findHolder(model, target);
                    if (holder != 0) {
                        found.put(new GuardedName(name, target), new Version(model.key(), holder));
                    }
                }
            }
            return found;
        });
    }

    /** Performs random operations, and verifies the guarded names after each. */
    public void run(int operations) {
        for (int i = 0; i < operations; i++) {
            try {
                perform();
            } catch (KirokuException e) {
                if (e.code() == ErrorCode.PERMISSION_DENIED) {
                    refusals++;
                }
                log.add("  " + e.code());
            }
            verify();
        }
    }

    private void perform() {
        String model = pickModel();
        String alias = ALIASES.get(random.nextInt(ALIASES.size()));
        long version = pickVersion(model);
        switch (random.nextInt(12)) {
            case 0 -> {
                log.add("create " + model);
                writer.create(model, null, List.of(), by(EVE));
            }
            case 1, 2 -> {
                double accuracy = Math.round(20 + random.nextDouble() * 80) / 100.0;
                log.add("version of " + model + " with " + accuracy);
                addVersion(model, accuracy);
            }
            case 3, 4 -> {
                log.add("alias " + model + "@" + alias + " = " + version);
                writer.setAlias(model, alias, version, null, by(EVE));
            }
            case 5 -> {
                log.add("delete " + model + "@" + alias);
                writer.deleteAlias(model, alias, null, by(EVE));
            }
            case 6, 7 -> {
                Stage stage = Stage.values()[random.nextInt(Stage.values().length)];
                boolean archive = stage.isActive() && random.nextBoolean();
                log.add("stage of " + model + "/" + version + " = " + stage + (archive ? ", archiving" : ""));
                writer.transitionStage(model, version, stage, archive, by(EVE));
            }
            case 8 -> {
                log.add("delete " + model + "/" + version);
                writer.deleteVersion(model, version, by(EVE));
            }
            case 9 -> {
                if (random.nextInt(4) == 0) {
                    log.add("delete " + model);
                    writer.delete(model, by(EVE));
                }
            }
            case 10 -> {
                String newName = NAMES.get(random.nextInt(NAMES.size()));
                log.add("rename " + model + " to " + newName);
                writer.rename(model, newName, by(EVE));
            }
            default -> {
                log.add("request " + model + "@signed = " + version);
                long id = approvals
                        .open(
                                new ApprovalApi.CreateApprovalRequest(
                                        model, Long.toString(version), "signed", null, null, null),
                                EVE)
                        .approvalRequest()
                        .id();
                approvals.approve(new ApprovalApi.ApprovalActionRequest(id, null), EVE);
            }
        }
    }

    /** Returns the name of an existing model, and sometimes of another. */
    private String pickModel() {
        List<String> present = registry.inSnapshot(snapshot -> NAMES.stream()
                .filter(name -> snapshot.findModel(name).isPresent())
                .toList());
        List<String> names = present.isEmpty() || random.nextInt(5) == 0 ? NAMES : present;
        return names.get(random.nextInt(names.size()));
    }

    /** Returns the number of an existing version, and sometimes of none. */
    private long pickVersion(String name) {
        if (random.nextInt(10) == 0) {
            return 1000;
        }
        return registry.inSnapshot(snapshot -> {
            ModelRow model = snapshot.findModel(name).orElse(null);
            List<Long> present = model == null
                    ? List.of()
                    : accuracies.keySet().stream()
                            .filter(version ->
                                    version.modelKey == model.key() && snapshot.hasVersion(model, version.number))
                            .map(Version::number)
                            .sorted()
                            .toList();
            return present.isEmpty() ? 1000 : present.get(random.nextInt(present.size()));
        });
    }

    private void verify() {
        Map<GuardedName, Version> present = findHolders();
        present.forEach((name, version) -> {
            if (!Objects.equals(holders.get(name), version)) {
                changes++;
                double accuracy = accuracies.get(version);
                Double last = lastAccuracies.get(name);
                boolean permitted = !name.target.name().equals("signed")
                        && accuracy >= MINIMUM
                        && (last == null || accuracy >= last - TOLERANCE - 1e-9);
                if (!permitted) {
                    violations
                            .append(name)
                            .append(" points at a version with ")
                            .append(accuracy)
                            .append(" after one with ")
                            .append(last)
                            .append(":\n")
                            .append(String.join("\n", log.subList(Math.max(0, log.size() - 30), log.size())))
                            .append('\n');
                }
            }
            lastAccuracies.put(name, accuracies.get(version));
        });
        for (GuardedName name : holders.keySet()) {
            if (name.target.name().equals("signed") && !present.containsKey(name)) {
                violations.append(name).append(" was removed without approval\n");
            }
        }
        holders.clear();
        holders.putAll(present);
    }

    /** Returns a description of each violation, empty if there is none. */
    public String violations() {
        return violations.toString();
    }

    /** Returns how often a guarded name pointed at another version after an operation. */
    public int changes() {
        return changes;
    }

    /** Returns how many operations gates refused. */
    public int refusals() {
        return refusals;
    }
}
