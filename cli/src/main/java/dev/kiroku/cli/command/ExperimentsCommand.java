package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.MlflowJson;
import dev.kiroku.cli.remote.MlflowTable;
import dev.kiroku.cli.remote.PagedRuns;
import dev.kiroku.cli.remote.RunsCsv;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.tracking.Experiment;
import dev.kiroku.model.tracking.ExperimentApi;
import dev.kiroku.model.tracking.ViewType;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku experiments create|search|get|delete|restore|rename|update|csv}: the commands of {@code mlflow experiments}, without Python. */
final class ExperimentsCommand {
    private static final String EXPERIMENT_ID = "--experiment-id";
    private static final String EXPERIMENT_NAME = "--experiment-name";
    private static final String ARTIFACT_LOCATION = "--artifact-location";
    private static final String NEW_NAME = "--new-name";
    private static final String OUTPUT = "--output";
    private static final String FILENAME = "--filename";
    private static final String MAX_RESULTS = "--max-results";
    private static final String VIEW = "--view";
    private static final int PAGE = 1000;

    private final CommandContext context;
    private final RemoteCommandSupport commands;
    private final TraceArchivalOptions archival = new TraceArchivalOptions();

    ExperimentsCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec spec = RemoteCommandSupport.parentCommand(
                "experiments",
                "Manage experiments. The options are those of 'mlflow experiments'.",
                "",
                "Examples:",
                "  kiroku experiments create -n nightly",
                "  kiroku experiments search --view all",
                "  kiroku experiments get -n nightly --output json | jq -r .experiment_id",
                "  kiroku experiments csv -x 1 -o runs.csv");
        commands.add(
                spec,
                "create",
                "Create an experiment.",
                this::create,
                experimentName("The name."),
                option(
                        List.of(ARTIFACT_LOCATION, "-l"),
                        "URI",
                        "Where its runs keep their artifacts. Default: chosen by the server."),
                archival.retention());
        commands.add(
                spec,
                "search",
                "List experiments.",
                this::search,
                viewOption(),
                option(MAX_RESULTS, "NUMBER", "The most experiments to list. Default: all."));
        commands.add(
                spec,
                "get",
                "Show an experiment.",
                this::get,
                experimentId("The experiment."),
                experimentName("Or its name."),
                option(OUTPUT, "FORM", "table or json. Default: table."));
        commands.add(
                spec,
                "delete",
                "Delete an experiment and its runs. It can be restored.",
                this::delete,
                experimentId("The experiment."));
        commands.add(
                spec,
                "restore",
                "Restore a deleted experiment and its runs.",
                this::restore,
                experimentId("The experiment."));
        commands.add(
                spec,
                "rename",
                "Rename an experiment.",
                this::rename,
                experimentId("The experiment."),
                option(NEW_NAME, "NAME", "The new name."));
        commands.add(
                spec,
                "update",
                "Change what MLflow does with old traces of an experiment.",
                this::update,
                RemoteCommandSupport.concat(archival.all(), experimentId("The experiment.")));
        commands.add(
                spec,
                "csv",
                "Write the runs of an experiment as CSV.",
                this::csv,
                experimentId("The experiment."),
                option(List.of(FILENAME, "-o"), "FILE", "Where to write it. Default: standard output."));
        return spec;
    }

    private static OptionSpec experimentId(String description) {
        return option(List.of(EXPERIMENT_ID, "-x"), "ID", description);
    }

    private static OptionSpec experimentName(String description) {
        return option(List.of(EXPERIMENT_NAME, "-n"), "NAME", description);
    }

    /** Returns the option {@code --view}. */
    static OptionSpec viewOption() {
        return option(List.of(VIEW, "-v"), "VIEW", "active_only, deleted_only or all. Default: active_only.");
    }

    /** Returns the value of {@code --view}. */
    static ViewType view(ParseResult arguments) {
        String text = arguments.matchedOptionValue(VIEW, ViewType.ACTIVE_ONLY.name());
        for (ViewType view : ViewType.values()) {
            if (view.name().equalsIgnoreCase(text)) {
                return view;
            }
        }
        throw new UsageException(VIEW + " must be active_only, deleted_only or all (got '" + text + "')");
    }

    private int create(TrackingClient server, ParseResult arguments) {
        String name = requireOption(arguments, EXPERIMENT_NAME);
        List<KeyValue> tags = archival.tagsForCreation(arguments);
        var answer = server.call(
                ExperimentApi.CREATE,
                new ExperimentApi.CreateExperimentRequest(name, findOption(arguments, ARTIFACT_LOCATION), tags));
        commands.printResult(
                arguments,
                answer,
                () -> commands.print("Created experiment '" + name + "' with id " + answer.experimentId()));
        return ExitStatus.SUCCESS;
    }

    private int search(TrackingClient server, ParseResult arguments) {
        ViewType view = view(arguments);
        String limit = findOption(arguments, MAX_RESULTS);
        long most = limit == null ? Long.MAX_VALUE : RemoteCommandSupport.parseNumber(limit, MAX_RESULTS);
        if (most < 0) {
            throw new UsageException(MAX_RESULTS + " must not be negative (got '" + limit + "')");
        }
        List<Experiment> found = new ArrayList<>();
        String token = null;
        while (found.size() < most) {
            long page = Math.min(PAGE, most - found.size());
            var answer = server.call(
                    ExperimentApi.SEARCH,
                    new ExperimentApi.SearchExperimentsRequest(page, token, null, List.of(), view));
            found.addAll(answer.experiments());
            token = answer.nextPageToken();
            if (token == null || token.isEmpty()) {
                break;
            }
        }
        commands.printResult(arguments, new ExperimentApi.SearchExperimentsResponse(found, null), () -> {
            MlflowTable table = new MlflowTable("Experiment Id", "Name", "Artifact Location");
            found.forEach(each -> table.addRow(each.experimentId(), each.name(), each.artifactLocation()));
            table.sort(false);
            table.print(context.out());
        });
        return ExitStatus.SUCCESS;
    }

    private int get(TrackingClient server, ParseResult arguments) {
        String id = findOption(arguments, EXPERIMENT_ID);
        String name = findOption(arguments, EXPERIMENT_NAME);
        if ((id == null) == (name == null)) {
            throw new UsageException("give either " + EXPERIMENT_ID + " or " + EXPERIMENT_NAME);
        }
        String form = arguments.matchedOptionValue(OUTPUT, "table").toLowerCase(Locale.ROOT);
        if (!List.of("table", "json").contains(form)) {
            throw new UsageException(OUTPUT + " must be table or json (got '" + form + "')");
        }
        var answer = id != null
                ? server.call(ExperimentApi.GET_BY_ID, new ExperimentApi.ExperimentIdRequest(id))
                : server.call(ExperimentApi.GET_BY_NAME, new ExperimentApi.GetExperimentByNameRequest(name));
        Experiment experiment = answer.experiment();
        commands.printResult(arguments, answer, () -> {
            if (form.equals("json")) {
                context.out().println(new MlflowJson().toJson(MlflowJson.fields(experiment)));
            } else {
                printFields(experiment);
            }
        });
        return ExitStatus.SUCCESS;
    }

    private void printFields(Experiment experiment) {
        printField("Experiment ID", experiment.experimentId());
        printField("Name", experiment.name());
        printField("Artifact Location", experiment.artifactLocation());
        printField("Lifecycle Stage", experiment.lifecycleStage());
        printField("Creation Time", experiment.creationTime() == null ? "N/A" : experiment.creationTime());
        printField("Last Update Time", experiment.lastUpdateTime() == null ? "N/A" : experiment.lastUpdateTime());
        printField(
                "Tags",
                experiment.tags().stream()
                        .map(tag -> tag.key() + "=" + tag.value())
                        .collect(Collectors.joining(", ")));
    }

    private void printField(String name, Object value) {
        commands.print("%-19s: %s".formatted(name, value));
    }

    private int delete(TrackingClient server, ParseResult arguments) {
        String id = requireOption(arguments, EXPERIMENT_ID);
        var answer = server.call(ExperimentApi.DELETE, new ExperimentApi.ExperimentIdRequest(id));
        commands.printResult(
                arguments, answer, () -> commands.print("Experiment with ID " + id + " has been deleted."));
        return ExitStatus.SUCCESS;
    }

    private int restore(TrackingClient server, ParseResult arguments) {
        String id = requireOption(arguments, EXPERIMENT_ID);
        var answer = server.call(ExperimentApi.RESTORE, new ExperimentApi.ExperimentIdRequest(id));
        commands.printResult(
                arguments, answer, () -> commands.print("Experiment with id " + id + " has been restored."));
        return ExitStatus.SUCCESS;
    }

    private int rename(TrackingClient server, ParseResult arguments) {
        String id = requireOption(arguments, EXPERIMENT_ID);
        String name = requireOption(arguments, NEW_NAME);
        var answer = server.call(ExperimentApi.UPDATE, new ExperimentApi.UpdateExperimentRequest(id, name));
        commands.printResult(
                arguments,
                answer,
                () -> commands.print("Experiment with id " + id + " has been renamed to '" + name + "'."));
        return ExitStatus.SUCCESS;
    }

    private int update(TrackingClient server, ParseResult arguments) {
        String id = requireOption(arguments, EXPERIMENT_ID);
        List<String> changes = archival.apply(server, id, arguments);
        commands.printResult(
                arguments,
                new Empty(),
                () -> commands.print("Updated experiment " + id + ": " + String.join("; ", changes) + "."));
        return ExitStatus.SUCCESS;
    }

    private int csv(TrackingClient server, ParseResult arguments) throws IOException {
        String id = requireOption(arguments, EXPERIMENT_ID);
        PagedRuns runs = new PagedRuns(server, id, ViewType.ACTIVE_ONLY);
        String filename = findOption(arguments, FILENAME);
        if (filename == null) {
            new RunsCsv().write(runs, context.out());
            return ExitStatus.SUCCESS;
        }
        var _ = runs.hasNext(); // a server that refuses leaves no empty file
        try (Writer file = Files.newBufferedWriter(Path.of(filename))) {
            new RunsCsv().write(runs, file);
        }
        commands.print("Experiment with ID " + id + " has been exported as a CSV to file: " + filename + ".");
        return ExitStatus.SUCCESS;
    }
}
