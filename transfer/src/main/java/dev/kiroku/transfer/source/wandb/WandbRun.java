package dev.kiroku.transfer.source.wandb;

import static java.util.Objects.requireNonNull;

import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.source.PointCollector;
import dev.kiroku.transfer.source.files.Problems;
import dev.kiroku.transfer.source.tracker.JsonParams;
import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.tracker.MetricWriter;
import dev.kiroku.transfer.source.tracker.RunBuilder;
import dev.kiroku.transfer.source.tracker.RunIds;
import dev.kiroku.transfer.source.tracker.TrackedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run of Weights &amp; Biases.
 *
 * @param first what its first file says of it
 * @param files in the order of their times: a run that was resumed has several
 */
record WandbRun(RunFields first, List<Path> files, Problems problems, LeftRecords left) implements TrackedRun {
    private static final String TRACKER = "wandb";
    private static final String OTHER_FOLDERS = "folders with files of resumed runs, beside the first";

    @Override
    public String project() {
        return first.project();
    }

    @Override
    public Optional<RunRecord> read(long experimentId) {
        RunBuilder run = new RunBuilder(RunIds.of(TRACKER, first.entity(), first.project(), first.id()), left);
        RunCollector collector = new RunCollector(left, MetricSink.NONE);
        read(collector);
        RunFields fields = collector.fields(first);
        String original = first.project() + "/" + first.id();
        run.origin(TRACKER, first.entity().isEmpty() ? original : first.entity() + "/" + original);
        run.name(fields.name().isEmpty() ? first.id() : fields.name());
        run.note(fields.notes());
        tag(run, "wandb.tags", String.join(", ", fields.tags()));
        tag(run, "wandb.group", fields.group());
        tag(run, "wandb.job_type", fields.jobType());
        tag(run, "wandb.sweep", fields.sweep());
        tag(run, "wandb.host", fields.host());
        tag(run, "mlflow.source.git.repoURL", fields.gitUrl());
        tag(run, "mlflow.source.git.commit", fields.gitCommit());
        collector.forEachConfig((key, json) -> JsonParams.flatten(key, json, run::param));
        collector.forEachSummaryTag(
                (key, json) -> JsonParams.flatten(key, json, (name, value) -> run.tag("wandb.summary." + name, value)));
        run.status(collector.status());
        run.times(
                first.startTime(),
                collector.status() == RunStatus.RUNNING
                        ? null
                        : (Long) Math.max(first.startTime(), collector.lastTimestamp()));
        findArtifacts().ifPresent(run::artifactUri);
        collector.countOthers();
        return Optional.of(run.build(experimentId, collector.points()));
    }

    private static void tag(RunBuilder run, String key, String value) {
        if (!value.isEmpty()) {
            run.tag(key, value);
        }
    }

    private void read(RunCollector collector) {
        LogParser parser = new LogParser(collector);
        for (Path file : files) {
            collector.onFile();
            new LogFile(file, problems).read(parser);
        }
        collector.end(first.startTime());
    }

    private Optional<String> findArtifacts() {
        List<Path> folders = files.stream()
                .map(file -> requireNonNull(file.getParent()).resolve("files"))
                .filter(Files::isDirectory)
                .toList();
        left.add(OTHER_FOLDERS, Math.max(0, folders.size() - 1));
        return folders.stream()
                .findFirst()
                .map(folder -> folder.toUri().toString().replaceAll("/$", ""));
    }

    @Override
    public void readMetrics(String runId, PointCollector points) {
        MetricWriter metrics = new MetricWriter(runId, points, problems);
        read(new RunCollector(new LeftRecords(), metrics::add));
    }

    @Override
    public String toString() {
        return files.getFirst().toString();
    }
}
