package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.flag;
import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.CommandOptions.positional;
import static dev.kiroku.cli.command.RemoteCommandSupport.ALIAS;
import static dev.kiroku.cli.command.RemoteCommandSupport.NAME;
import static dev.kiroku.cli.command.RemoteCommandSupport.STAGE;
import static dev.kiroku.cli.command.RemoteCommandSupport.VERSION;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.formatTime;
import static dev.kiroku.cli.command.RemoteCommandSupport.positionalValue;
import static dev.kiroku.cli.command.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.cli.remote.VersionComparison;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.registry.RegistryApi;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models list|show|versions|alias|diff|validate}: the commands on the model registry. */
final class RegistryCommands {
    private final CommandContext context;
    private final RemoteCommandSupport commands;
    private final GatesCommand gates;

    RegistryCommands(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
        this.gates = new GatesCommand(context);
    }

    void addTo(CommandSpec models) {
        commands.add(
                models,
                "list",
                "List the registered models.",
                this::list,
                option("--filter", "FILTER", "A filter in MLflow's search syntax, such as \"name LIKE 'iris%'\"."));
        commands.add(models, "show", "Show a registered model.", this::show, positional(0, "MODEL"));
        commands.add(
                models,
                "versions",
                "List the versions of a model, newest first.",
                this::versions,
                positional(0, "MODEL"));
        commands.add(
                models,
                "alias",
                "Show the version that an alias points to, change it, or delete the alias.",
                this::alias,
                positional(0, "MODEL"),
                positional(1, "ALIAS"),
                CommandOptions.optionalPositional(2, "VERSION", "The version to point the alias to."),
                flag("--delete", "Delete the alias."),
                option("--expect", "N", "Only if the alias currently points to this version; 0 if it must not exist."));
        new PromoteCommand(context).addTo(models);
        commands.add(
                models,
                "diff",
                "Show how two versions differ: metrics, params, tags, signature, artifacts.",
                this::diff,
                positional(0, "MODEL"),
                positional(1, "VERSION"),
                positional(2, "OTHER"));
        commands.add(
                models,
                "validate",
                "Check a version against the gates. Exit status 0 if it passes, 1 if it does not.",
                this::validate,
                RemoteCommandSupport.concat(
                        RemoteCommandSupport.targetOptions(),
                        option(NAME, "MODEL", "The registered model."),
                        option(VERSION, "N", "The version.")));
    }

    private int list(TrackingClient server, ParseResult arguments) {
        List<RegisteredModel> all = new ArrayList<>();
        String token = null;
        do {
            var page = server.call(
                    RegistryApi.SEARCH_REGISTERED_MODELS,
                    new RegistryApi.SearchRegistryRequest(findOption(arguments, "--filter"), 1000L, List.of(), token));
            all.addAll(page.registeredModels());
            token = page.nextPageToken();
        } while (token != null);
        commands.printResult(arguments, new RegistryApi.SearchRegisteredModelsResponse(all, null), () -> {
            TextTable table = new TextTable("MODEL", "NEWEST", "ALIASES", "UPDATED (UTC)", "DESCRIPTION");
            all.forEach(m -> table.addRow(
                    m.name(),
                    RemoteCommandSupport.newestVersion(m),
                    aliases(m),
                    formatTime(m.lastUpdatedTimestamp()),
                    m.description()));
            table.print(context.out(), context.colors());
        });
        return ExitStatus.SUCCESS;
    }

    private static String aliases(RegisteredModel model) {
        return model.aliases().isEmpty()
                ? null
                : model.aliases().stream()
                        .map(a -> a.alias() + "=" + a.version())
                        .collect(Collectors.joining(" "));
    }

    /** Returns the aliases of one version: lists of versions have none. */
    private static String aliasesOf(RegisteredModel model, String version) {
        String aliases = model.aliases().stream()
                .filter(alias -> alias.version().equals(version))
                .map(RegisteredModel.Alias::alias)
                .collect(Collectors.joining(" "));
        return aliases.isEmpty() ? null : aliases;
    }

    private static String tags(List<KeyValue> tags) {
        return tags.isEmpty()
                ? null
                : tags.stream().map(t -> t.key() + "=" + t.value()).collect(Collectors.joining(" "));
    }

    private int show(TrackingClient server, ParseResult arguments) {
        var answer = server.call(
                RegistryApi.GET_REGISTERED_MODEL,
                new RegistryApi.RegisteredModelNameRequest(positionalValue(arguments, 0)));
        commands.printResult(arguments, answer, () -> {
            RegisteredModel m = answer.registeredModel();
            commands.print(
                    m.name() + (m.description() == null || m.description().isEmpty() ? "" : ": " + m.description()));
            commands.print("  created " + formatTime(m.creationTimestamp()) + " UTC, changed "
                    + formatTime(m.lastUpdatedTimestamp()) + " UTC");
            if (!m.tags().isEmpty()) {
                commands.print("  tags: " + tags(m.tags()));
            }
            m.aliases().forEach(a -> commands.print("  alias " + a.alias() + " -> version " + a.version()));
            m.latestVersions()
                    .forEach(v -> commands.print("  stage " + v.currentStage() + " -> version " + v.version()));
        });
        return ExitStatus.SUCCESS;
    }

    private int versions(TrackingClient server, ParseResult arguments) {
        String name = positionalValue(arguments, 0);
        RegisteredModel model = server.call(
                        RegistryApi.GET_REGISTERED_MODEL, new RegistryApi.RegisteredModelNameRequest(name))
                .registeredModel();
        var found = server.call(
                RegistryApi.SEARCH_MODEL_VERSIONS,
                new RegistryApi.SearchRegistryRequest(
                        "name = '" + name + "'", 10_000L, List.of("version_number DESC"), null));
        commands.printResult(arguments, found, () -> {
            TextTable table =
                    new TextTable("VERSION", "ALIASES", "STAGE", "CREATED (UTC)", "RUN", "TAGS", "DESCRIPTION");
            found.modelVersions()
                    .forEach(v -> table.addRow(
                            v.version(),
                            aliasesOf(model, v.version()),
                            v.currentStage(),
                            formatTime(v.creationTimestamp()),
                            v.runId(),
                            tags(v.tags()),
                            v.description()));
            table.print(context.out(), context.colors());
        });
        return ExitStatus.SUCCESS;
    }

    private int alias(TrackingClient server, ParseResult arguments) {
        String name = positionalValue(arguments, 0);
        String alias = positionalValue(arguments, 1);
        String version = positionalValue(arguments, 2);
        String expected = findOption(arguments, "--expect");
        if (arguments.hasMatchedOption("--delete")) {
            if (version != null) {
                throw new UsageException("give either a version or --delete");
            }
            server.call(
                    RegistryApi.DELETE_REGISTERED_MODEL_ALIAS,
                    new RegistryApi.DeleteRegisteredModelAliasRequest(name, alias, expected));
            commands.printResult(
                    arguments,
                    new Empty(),
                    () -> commands.print("Alias '" + alias + "' of '" + name + "' is deleted."));
            return ExitStatus.SUCCESS;
        }
        if (version != null) {
            server.call(
                    RegistryApi.SET_REGISTERED_MODEL_ALIAS,
                    new RegistryApi.SetRegisteredModelAliasRequest(name, alias, version, expected));
        }
        var answer = server.call(
                RegistryApi.GET_MODEL_VERSION_BY_ALIAS, new RegistryApi.GetModelVersionByAliasRequest(name, alias));
        commands.printResult(
                arguments,
                answer,
                () -> commands.print("Alias '" + alias + "' of '" + name + "' points to version "
                        + answer.modelVersion().version() + "."));
        return ExitStatus.SUCCESS;
    }

    private int validate(TrackingClient server, ParseResult arguments) {
        return gates.check(
                server,
                arguments,
                new GateApi.CheckGatesRequest(
                        requireOption(arguments, NAME),
                        requireOption(arguments, VERSION),
                        findOption(arguments, ALIAS),
                        findOption(arguments, STAGE)));
    }

    private int diff(TrackingClient server, ParseResult arguments) {
        String name = positionalValue(arguments, 0);
        var diff = new VersionComparison(server).of(name, positionalValue(arguments, 1), positionalValue(arguments, 2));
        commands.printResult(arguments, diff, () -> {
            if (diff.differences().isEmpty()) {
                commands.print("No differences.");
                return;
            }
            TextTable table = new TextTable("", "VERSION " + diff.version(), "VERSION " + diff.other(), "");
            diff.differences()
                    .forEach(d -> table.addRow(d.what(), d.first(), d.second(), d.change() == null ? "" : d.change()));
            table.print(context.out(), context.colors());
        });
        return ExitStatus.SUCCESS;
    }
}
