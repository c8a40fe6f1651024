package dev.kiroku.transfer.destination.directory;

import static java.util.Objects.requireNonNull;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.transfer.ExperimentRecord;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.core.transfer.RegisteredModelRecord.Version;
import dev.kiroku.core.transfer.RunMetrics;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.destination.TransferTarget;
import dev.kiroku.transfer.destination.directory.VersionFile.ExportedVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A folder in the form of mlflow-export-import 1.2.0, for its {@code import-all}. What the tool cannot take is in the folder too, for imports into
 * Kiroku, but not in the lists that the tool reads: deleted experiments and runs, logged models, prompts, and versions whose files are not of an
 * exported run. The ids of the runs are kept in memory.
 */
public final class ExportDirectoryTarget implements TransferTarget {
    private static final String ARTIFACTS = "artifacts";
    private static final String LOGGED_MODELS = "logged_models";
    private static final Pattern OF_RUN =
            Pattern.compile("(?:runs:/|.*/)([0-9a-f]{32})(?:/artifacts)?((?:/.*)?)", Pattern.DOTALL);
    private static final Pattern OF_MODEL = Pattern.compile("(?:models:/|.*/models/)(m-[0-9a-zA-Z]+)(?:/artifacts)?");

    private final ExportFolder folder;
    private final @Nullable ArtifactCopier artifacts;
    private final Map<Long, ExperimentRecord> experiments = new LinkedHashMap<>();
    /** The runs that the tool imports, by their experiment. */
    private final Map<Long, Set<String>> active = new LinkedHashMap<>();

    private final Map<String, RunRecord> page = new LinkedHashMap<>();
    private final List<Child> children = new ArrayList<>();
    private final List<String> models = new ArrayList<>();
    private final Set<String> written = new LinkedHashSet<>();
    private @Nullable RunFile open;
    private String openRun = "";
    private long leftVersions;

    /** A run with a parent. */
    private record Child(long experiment, String id, String parent) {}

    /**
     * Creates the folder.
     *
     * @param artifacts copies artifacts into the folder; null to leave them
     */
    public ExportDirectoryTarget(Path folder, @Nullable ArtifactCopier artifacts) {
        this.folder = new ExportFolder(folder);
        this.artifacts = artifacts;
    }

    @Override
    public String description() {
        return "the folder of mlflow-export-import " + folder.root();
    }

    @Override
    public void experiments(List<ExperimentRecord> all) {
        all.forEach(experiment -> experiments.put(experiment.id(), experiment));
    }

    @Override
    public void runs(List<RunRecord> runs) {
        for (RunRecord run : runs) {
            page.put(run.id(), run);
            if (run.stage() == LifecycleStage.ACTIVE) {
                active.computeIfAbsent(run.experimentId(), _ -> new LinkedHashSet<>())
                        .add(run.id());
            }
        }
    }

    private Path runFolder(long experiment, String id) {
        return folder.experiment(experiment).resolve(ExportFolder.fileName(id));
    }

    @Override
    public void metrics(RunMetrics metrics) {
        if (!metrics.runId().equals(openRun)) {
            endRun();
            beginRun(requireNonNull(page.get(metrics.runId())));
        }
        requireNonNull(open).add(metrics);
    }

    private void beginRun(RunRecord run) {
        try {
            open = new RunFile(folder, runFolder(run.experimentId(), run.id()).resolve("run.json"), run);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        openRun = run.id();
        written.add(run.id());
        run.tags().stream()
                .filter(tag -> tag.key().equals(RunFile.PARENT))
                .forEach(tag -> children.add(new Child(run.experimentId(), run.id(), tag.value())));
    }

    private void endRun() {
        if (open != null) {
            open.end();
            open = null;
            openRun = "";
        }
    }

    @Override
    public void endRuns() {
        endRun();
        for (RunRecord run : page.values()) {
            if (!written.contains(run.id())) {
                beginRun(run);
                endRun();
            }
            copy("run " + run.id(), run.artifactUri(), runFolder(run.experimentId(), run.id()));
        }
        await();
        page.clear();
        written.clear();
    }

    private void copy(String record, String from, Path to) {
        if (artifacts != null) {
            artifacts.start(record, from, to.resolve(ARTIFACTS).toString());
        }
    }

    private void await() {
        if (artifacts != null) {
            artifacts.await();
        }
    }

    @Override
    public void loggedModels(List<LoggedModelRecord> all) {
        for (LoggedModelRecord model : all) {
            Path of = loggedModelFolder(model.experimentId(), model.id());
            folder.write(of.resolve("logged_model.json"), Map.of(), json -> LoggedModelFile.write(json, model));
            copy("logged model " + model.id(), model.artifactLocation(), of);
        }
        await();
    }

    private Path loggedModelFolder(long experiment, String id) {
        return folder.experiment(experiment).resolve(LOGGED_MODELS).resolve(ExportFolder.fileName(id));
    }

    @Override
    public void registeredModels(List<RegisteredModelRecord> all) {
        for (RegisteredModelRecord model : all) {
            List<ExportedVersion> versions = new ArrayList<>();
            boolean prompt = WebhookMessage.isPrompt(model.tags());
            for (Version version : model.versions()) {
                ExportedVersion exported = prompt ? new ExportedVersion(version, null, null) : toExported(version);
                versions.add(exported);
                leftVersions += exported.source() == null && !prompt ? 1 : 0;
            }
            folder.write(
                    folder.model(model.name()).resolve("model.json"),
                    Map.of("failed_versions", List.of()),
                    json -> VersionFile.write(json, model, versions));
            if (!prompt && ExportFolder.isFileName(model.name())) {
                models.add(model.name());
            }
        }
    }

    /** Returns a version with the path of its files in the export, if these are of a run that the tool imports. */
    private ExportedVersion toExported(Version version) {
        String run = version.runId();
        Optional<ExperimentRecord> experiment = run == null ? Optional.empty() : findExperiment(run);
        if (run != null && experiment.isPresent()) {
            Path files = runFolder(experiment.get().id(), run).resolve(ARTIFACTS);
            Optional<Path> found = findFiles(version, run, experiment.get().id(), files);
            if (found.isPresent()) {
                return new ExportedVersion(
                        version,
                        folder.relativize(found.get()),
                        experiment.get().name());
            }
        }
        return new ExportedVersion(version, null, null);
    }

    private Optional<ExperimentRecord> findExperiment(String run) {
        return experiments.values().stream()
                .filter(each -> each.stage() == LifecycleStage.ACTIVE
                        && active.getOrDefault(each.id(), Set.of()).contains(run))
                .findFirst();
    }

    private Optional<Path> findFiles(Version version, String run, long experiment, Path files) {
        Matcher model = OF_MODEL.matcher(version.storageLocation());
        if (model.matches()) {
            Path of = loggedModelFolder(experiment, model.group(1)).resolve(ARTIFACTS);
            Path copy = files.resolve(LOGGED_MODELS).resolve(ExportFolder.fileName(model.group(1)));
            return Files.isDirectory(of) ? Optional.of(copyTree(of, copy)) : Optional.empty();
        }
        Matcher part = OF_RUN.matcher(version.storageLocation());
        if (!part.matches() || !part.group(1).equals(run)) {
            return Optional.empty();
        }
        ArtifactPath below = ArtifactPath.of(part.group(2).replaceFirst("^/+", ""));
        Path found = files.resolve(below.value());
        return Files.exists(found) ? Optional.of(found) : Optional.empty();
    }

    /** Copies the files of a logged model into the artifacts of its run: the tool knows only these. */
    private static Path copyTree(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what the tool will leave in the folder, a sentence each; after {@link #finish}. */
    public List<String> left() {
        return leftVersions == 0
                ? List.of()
                : List.of(leftVersions
                        + (leftVersions == 1 ? " model version has" : " model versions have")
                        + " no files of an exported run: mlflow-export-import leaves them out, kiroku import does not");
    }

    @Override
    public void finish() {
        List<Map<String, Object>> listed = new ArrayList<>();
        for (ExperimentRecord experiment : experiments.values()) {
            Set<String> runs = active.getOrDefault(experiment.id(), Set.of());
            folder.write(
                    folder.experiment(experiment.id()).resolve("experiment.json"),
                    Map.of("num_total_runs", runs.size(), "failed_runs", List.of()),
                    json -> writeExperiment(json, experiment, runs));
            if (experiment.stage() == LifecycleStage.ACTIVE) {
                listed.add(Map.of(
                        "id", Long.toString(experiment.id()),
                        "name", experiment.name(),
                        "ok_runs", runs.size(),
                        "failed_runs", 0));
            }
        }
        hideMissingParents();
        write("experiments/experiments.json", "experiments", listed);
        write("models/models.json", "models", models);
        folder.write(folder.root().resolve("manifest.json"), Map.of(), _ -> {});
        folder.complete();
    }

    private void hideMissingParents() {
        for (Child child : children) {
            if (!active.getOrDefault(child.experiment, Set.of()).contains(child.parent)) {
                try {
                    RunFile.hideParent(
                            folder, runFolder(child.experiment, child.id).resolve("run.json"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void write(String file, String field, List<?> values) {
        folder.write(folder.root().resolve(file), Map.of(), json -> json.writePOJOProperty(field, values));
    }

    private static void writeExperiment(JsonGenerator json, ExperimentRecord experiment, Set<String> runs) {
        json.writeObjectPropertyStart("experiment");
        json.writeStringProperty("experiment_id", Long.toString(experiment.id()));
        json.writeStringProperty("name", experiment.name());
        json.writeStringProperty("artifact_location", experiment.artifactLocation());
        json.writeStringProperty("lifecycle_stage", experiment.stage().wireName());
        json.writeNumberProperty("creation_time", experiment.creationTime());
        json.writeNumberProperty("last_update_time", experiment.lastUpdateTime());
        json.writePOJOProperty("tags", RunFile.map(experiment.tags()));
        json.writeEndObject();
        json.writePOJOProperty("runs", runs);
    }

    @Override
    public void close() {
        endRun();
    }
}
