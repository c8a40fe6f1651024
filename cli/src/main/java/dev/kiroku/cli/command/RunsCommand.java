package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.CommandOptions.repeatableOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.MlflowJson;
import dev.kiroku.cli.remote.MlflowTable;
import dev.kiroku.cli.remote.PagedRuns;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.Run;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.model.tracking.RunStatus;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku runs list|describe|create|delete|restore}: the commands of {@code mlflow runs}, without Python. */
final class RunsCommand {
    private static final String RUN_ID = "--run-id";
    private static final String EXPERIMENT_ID = "--experiment-id";
    private static final String EXPERIMENT_NAME = "--experiment-name";
    private static final String RUN_NAME = "--run-name";
    private static final String DESCRIPTION = "--description";
    private static final String TAGS = "--tags";
    private static final String STATUS = "--status";
    private static final String PARENT_RUN_ID = "--parent-run-id";
    private static final String EXPERIMENT_ID_VARIABLE = "MLFLOW_EXPERIMENT_ID";
    private static final String EXPERIMENT_NAME_VARIABLE = "MLFLOW_EXPERIMENT_NAME";

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    RunsCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec spec = RemoteCommandSupport.parentCommand(
                "runs",
                "Manage runs. The options are those of 'mlflow runs'.",
                "",
                "Examples:",
                "  kiroku runs list --experiment-id 1",
                "  kiroku runs describe --run-id 3f0c… | jq .data.metrics",
                "  kiroku runs create --experiment-name nightly --run-name build-17 --tags commit=1a2b3c4",
                "  kiroku runs delete --run-id 3f0c…");
        commands.add(
                spec,
                "list",
                "List the runs of an experiment, newest first.",
                this::list,
                option(EXPERIMENT_ID, "ID", "The experiment. [$" + EXPERIMENT_ID_VARIABLE + "]"),
                ExperimentsCommand.viewOption());
        commands.add(
                spec, "describe", "Print all attributes, metrics, params and tags as JSON.", this::describe, runId());
        commands.add(
                spec,
                "create",
                "Create a run that has ended, and print its ID as JSON.",
                this::create,
                option(EXPERIMENT_ID, "ID", "The experiment. [$" + EXPERIMENT_ID_VARIABLE + "]"),
                option(
                        EXPERIMENT_NAME,
                        "NAME",
                        "Or its name; it is created if there is none. [$" + EXPERIMENT_NAME_VARIABLE + "]"),
                option(RUN_NAME, "NAME", "The name of the run. Default: a random one."),
                option(DESCRIPTION, "TEXT", "What the run is about."),
                OptionSpec.builder(repeatableOption(TAGS, "KEY=VALUE", "A tag; repeat it for more."))
                        .names(TAGS, "-t")
                        .build(),
                option(STATUS, "STATUS", "FINISHED, FAILED or KILLED. Default: FINISHED."),
                option(PARENT_RUN_ID, "RUN_ID", "The run below which this one is nested."));
        commands.add(spec, "delete", "Delete a run. It can be restored.", this::delete, runId());
        commands.add(spec, "restore", "Restore a deleted run.", this::restore, runId());
        return spec;
    }

    private static OptionSpec runId() {
        return option(RUN_ID, "RUN_ID", "The run.");
    }

    private int list(TrackingClient server, ParseResult arguments) {
        String experimentId = optionOrVariable(arguments, EXPERIMENT_ID, EXPERIMENT_ID_VARIABLE);
        if (experimentId == null) {
            throw new UsageException(EXPERIMENT_ID + " is missing");
        }
        List<Run> runs = new ArrayList<>();
        new PagedRuns(server, experimentId, ExperimentsCommand.view(arguments)).forEachRemaining(runs::add);
        commands.printResult(arguments, new RunApi.SearchRunsResponse(runs, null), () -> {
            DateTimeFormatter time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ROOT)
                    .withZone(ZoneId.systemDefault());
            MlflowTable table = new MlflowTable("Date", "Name", "ID");
            runs.forEach(run -> table.addRow(
                    time.format(Instant.ofEpochMilli(run.info().startTime())),
                    run.info().runName(),
                    run.info().runId()));
            table.sort(true);
            table.print(context.out());
        });
        return ExitStatus.SUCCESS;
    }

    private int describe(TrackingClient server, ParseResult arguments) {
        var answer = server.call(RunApi.GET_BY_ID, new RunApi.RunIdRequest(requireOption(arguments, RUN_ID)));
        commands.printResult(
                arguments,
                answer,
                () -> context.out().println(new MlflowJson().toJson(MlflowJson.fields(answer.run()))));
        return ExitStatus.SUCCESS;
    }

    private int create(TrackingClient server, ParseResult arguments) {
        String id = optionOrVariable(arguments, EXPERIMENT_ID, EXPERIMENT_ID_VARIABLE);
        String name = optionOrVariable(arguments, EXPERIMENT_NAME, EXPERIMENT_NAME_VARIABLE);
        if ((id == null) == (name == null)) {
            throw new UsageException("give either " + EXPERIMENT_ID + " or " + EXPERIMENT_NAME);
        }
        List<KeyValue> tags = tags(arguments);
        RunStatus status = status(arguments);
        String experimentId = id == null ? findOrCreateExperiment(server, name) : id;
        String runName = findOption(arguments, RUN_NAME);
        String user = System.getProperty("user.name");
        var created = server.call(
                RunApi.CREATE,
                new RunApi.CreateRunRequest(experimentId, user, runName, System.currentTimeMillis(), tags));
        String runId = created.run().info().runId();
        server.call(RunApi.UPDATE, new RunApi.UpdateRunRequest(runId, status, System.currentTimeMillis(), null));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("run_id", runId);
        result.put("experiment_id", created.run().info().experimentId());
        result.put("status", status.name());
        result.put("run_name", runName);
        context.out().println(new MlflowJson().toJson(result));
        return ExitStatus.SUCCESS;
    }

    /** Returns the tags that the user names, and those that MLflow's client adds. */
    private static List<KeyValue> tags(ParseResult arguments) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("mlflow.user", System.getProperty("user.name"));
        tags.put("mlflow.source.name", "kiroku");
        tags.put("mlflow.source.type", "LOCAL");
        Map<String, String> named = new LinkedHashMap<>();
        for (String tag : arguments.matchedOptionValue(TAGS, List.<String>of())) {
            int sign = tag.indexOf('=');
            if (sign < 0) {
                throw new UsageException("'" + tag + "' is not a tag; the form is KEY=VALUE");
            }
            String key = tag.substring(0, sign);
            if (named.put(key, tag.substring(sign + 1)) != null) {
                throw new UsageException("the tag '" + key + "' is there twice");
            }
        }
        tags.putAll(named);
        putIfPresent(tags, "mlflow.parentRunId", findOption(arguments, PARENT_RUN_ID));
        putIfPresent(tags, "mlflow.note.content", findOption(arguments, DESCRIPTION));
        return tags.entrySet().stream()
                .map(tag -> new KeyValue(tag.getKey(), tag.getValue()))
                .toList();
    }

    private static void putIfPresent(Map<String, String> tags, String key, String value) {
        if (value != null) {
            tags.put(key, value);
        }
    }

    private static RunStatus status(ParseResult arguments) {
        String text = arguments.matchedOptionValue(STATUS, RunStatus.FINISHED.name());
        for (RunStatus status : RunStatus.values()) {
            if (status.isTerminal() && status.name().equalsIgnoreCase(text)) {
                return status;
            }
        }
        throw new UsageException(STATUS + " must be FINISHED, FAILED or KILLED (got '" + text + "')");
    }

    private static String findOrCreateExperiment(TrackingClient server, String name) {
        try {
            return server.call(ExperimentApi.GET_BY_NAME, new ExperimentApi.GetExperimentByNameRequest(name))
                    .experiment()
                    .experimentId();
        } catch (KirokuException e) {
            if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                throw e;
            }
            return server.call(ExperimentApi.CREATE, new ExperimentApi.CreateExperimentRequest(name, null, List.of()))
                    .experimentId();
        }
    }

    private int delete(TrackingClient server, ParseResult arguments) {
        String runId = requireOption(arguments, RUN_ID);
        var answer = server.call(RunApi.DELETE, new RunApi.RunIdRequest(runId));
        commands.printResult(arguments, answer, () -> commands.print("Run with ID " + runId + " has been deleted."));
        return ExitStatus.SUCCESS;
    }

    private int restore(TrackingClient server, ParseResult arguments) {
        String runId = requireOption(arguments, RUN_ID);
        var answer = server.call(RunApi.RESTORE, new RunApi.RunIdRequest(runId));
        commands.printResult(arguments, answer, () -> commands.print("Run with id " + runId + " has been restored."));
        return ExitStatus.SUCCESS;
    }

    private String optionOrVariable(ParseResult arguments, String option, String variable) {
        String value = context.environment().getOrDefault(variable, "");
        return arguments.matchedOptionValue(option, value.isEmpty() ? null : value);
    }
}
