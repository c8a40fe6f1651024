package dev.kiroku.cli;

import static dev.kiroku.cli.RemoteCommandSupport.ALIAS;
import static dev.kiroku.cli.RemoteCommandSupport.NAME;
import static dev.kiroku.cli.RemoteCommandSupport.STAGE;
import static dev.kiroku.cli.RemoteCommandSupport.VERSION;
import static dev.kiroku.cli.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.RemoteCommandSupport.flag;
import static dev.kiroku.cli.RemoteCommandSupport.formatTime;
import static dev.kiroku.cli.RemoteCommandSupport.option;
import static dev.kiroku.cli.RemoteCommandSupport.positionalParam;
import static dev.kiroku.cli.RemoteCommandSupport.positionalValue;
import static dev.kiroku.cli.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.remote.Remote;
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.cli.remote.VersionComparison;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.ModelVersion;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.registry.RegistryApi;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models list|show|versions|alias|diff|validate}: the registry of a server. */
final class RegistryCommands {
    private final Console console;
    private final RemoteCommandSupport commands;
    private final GatesCommand gates;

    RegistryCommands(Console console) {
        this.console = console;
        this.commands = new RemoteCommandSupport(console);
        this.gates = new GatesCommand(console);
    }

    void addTo(CommandSpec models) {
        commands.add(
                models,
                "list",
                "Show the registered models.",
                this::list,
                option("--filter", "FILTER", "In the search language, such as \"name LIKE 'iris%'\"."));
        commands.add(models, "show", "Show a registered model.", this::show, positionalParam(0, "MODEL"));
        commands.add(
                models,
                "versions",
                "Show the versions of a model, the newest first.",
                this::versions,
                positionalParam(0, "MODEL"));
        commands.add(
                models,
                "alias",
                "Show where an alias points, point it at a version, or delete it.",
                this::alias,
                positionalParam(0, "MODEL"),
                positionalParam(1, "ALIAS"),
                RemoteCommandSupport.optionalPositionalParam(2, "VERSION", "Point the alias there."),
                flag("--delete", "Delete the alias."),
                option("--expect", "N", "Only if the alias points at this version until now; 0 for none."));
        new PromoteCommand(console).addTo(models);
        commands.add(
                models,
                "diff",
                "Show how two versions differ: metrics, params, tags, signature, artifacts.",
                this::diff,
                positionalParam(0, "MODEL"),
                positionalParam(1, "VERSION"),
                positionalParam(2, "OTHER"));
        commands.add(
                models,
                "validate",
                "Hold a version against the gates. Exit status 0 when it passes, 1 when it does not.",
                this::validate,
                RemoteCommandSupport.concat(
                        RemoteCommandSupport.targetOptions(),
                        option(NAME, "MODEL", "The registered model."),
                        option(VERSION, "N", "The version.")));
    }

    private int list(Remote server, ParseResult words) {
        List<RegisteredModel> all = new ArrayList<>();
        String token = null;
        do {
            var page = server.call(
                    RegistryApi.SEARCH_REGISTERED_MODELS,
                    new RegistryApi.SearchRegistryRequest(findOption(words, "--filter"), 1000L, List.of(), token));
            all.addAll(page.registeredModels());
            token = page.nextPageToken();
        } while (token != null);
        commands.printResult(words, new RegistryApi.SearchRegisteredModelsResponse(all, null), () -> {
            TextTable table = new TextTable("MODEL", "NEWEST", "ALIASES", "CHANGED (UTC)", "DESCRIPTION");
            all.forEach(m -> table.addRow(
                    m.name(), newest(m), aliases(m), formatTime(m.lastUpdatedTimestamp()), m.description()));
            table.print(console.out(), console.colors());
        });
        return Cli.SUCCESS;
    }

    static String newest(RegisteredModel model) {
        return model.latestVersions().stream()
                .map(ModelVersion::version)
                .max((a, b) -> Long.compare(Long.parseLong(a), Long.parseLong(b)))
                .orElse(null);
    }

    private static String aliases(RegisteredModel model) {
        return model.aliases().isEmpty()
                ? null
                : model.aliases().stream()
                        .map(a -> a.alias() + "=" + a.version())
                        .collect(Collectors.joining(" "));
    }

    private static String tags(List<KeyValue> tags) {
        return tags.isEmpty()
                ? null
                : tags.stream().map(t -> t.key() + "=" + t.value()).collect(Collectors.joining(" "));
    }

    private int show(Remote server, ParseResult words) {
        var answer = server.call(
                RegistryApi.GET_REGISTERED_MODEL,
                new RegistryApi.RegisteredModelNameRequest(positionalValue(words, 0)));
        commands.printResult(words, answer, () -> {
            RegisteredModel m = answer.registeredModel();
            commands.print(
                    m.name() + (m.description() == null || m.description().isEmpty() ? "" : ": " + m.description()));
            commands.print("  made " + formatTime(m.creationTimestamp()) + " UTC, changed "
                    + formatTime(m.lastUpdatedTimestamp()) + " UTC");
            if (!m.tags().isEmpty()) {
                commands.print("  tags: " + tags(m.tags()));
            }
            m.aliases().forEach(a -> commands.print("  alias " + a.alias() + " -> version " + a.version()));
            m.latestVersions()
                    .forEach(v -> commands.print("  stage " + v.currentStage() + " -> version " + v.version()));
        });
        return Cli.SUCCESS;
    }

    private int versions(Remote server, ParseResult words) {
        String name = positionalValue(words, 0);
        server.call(RegistryApi.GET_REGISTERED_MODEL, new RegistryApi.RegisteredModelNameRequest(name));
        var found = server.call(
                RegistryApi.SEARCH_MODEL_VERSIONS,
                new RegistryApi.SearchRegistryRequest(
                        "name = '" + name + "'", 10_000L, List.of("version_number DESC"), null));
        commands.printResult(words, found, () -> {
            TextTable table = new TextTable("VERSION", "ALIASES", "STAGE", "MADE (UTC)", "RUN", "TAGS", "DESCRIPTION");
            found.modelVersions()
                    .forEach(v -> table.addRow(
                            v.version(),
                            v.aliases().isEmpty() ? null : String.join(" ", v.aliases()),
                            v.currentStage(),
                            formatTime(v.creationTimestamp()),
                            v.runId(),
                            tags(v.tags()),
                            v.description()));
            table.print(console.out(), console.colors());
        });
        return Cli.SUCCESS;
    }

    private int alias(Remote server, ParseResult words) {
        String name = positionalValue(words, 0);
        String alias = positionalValue(words, 1);
        String version = positionalValue(words, 2);
        String expected = findOption(words, "--expect");
        if (words.hasMatchedOption("--delete")) {
            if (version != null) {
                throw new UsageException("say either a version or --delete");
            }
            server.call(
                    RegistryApi.DELETE_REGISTERED_MODEL_ALIAS,
                    new RegistryApi.DeleteRegisteredModelAliasRequest(name, alias, expected));
            commands.printResult(
                    words, new Empty(), () -> commands.print("Alias '" + alias + "' of '" + name + "' is deleted."));
            return Cli.SUCCESS;
        }
        if (version != null) {
            server.call(
                    RegistryApi.SET_REGISTERED_MODEL_ALIAS,
                    new RegistryApi.SetRegisteredModelAliasRequest(name, alias, version, expected));
        }
        var answer = server.call(
                RegistryApi.GET_MODEL_VERSION_BY_ALIAS, new RegistryApi.GetModelVersionByAliasRequest(name, alias));
        commands.printResult(
                words,
                answer,
                () -> commands.print("Alias '" + alias + "' of '" + name + "' points at version "
                        + answer.modelVersion().version() + "."));
        return Cli.SUCCESS;
    }

    private int validate(Remote server, ParseResult words) {
        return gates.check(
                server,
                words,
                new GateApi.CheckGatesRequest(
                        requireOption(words, NAME),
                        requireOption(words, VERSION),
                        findOption(words, ALIAS),
                        findOption(words, STAGE)));
    }

    private int diff(Remote server, ParseResult words) {
        String name = positionalValue(words, 0);
        var diff = new VersionComparison(server).of(name, positionalValue(words, 1), positionalValue(words, 2));
        commands.printResult(words, diff, () -> {
            if (diff.differences().isEmpty()) {
                commands.print("Nothing that is known here differs.");
                return;
            }
            TextTable table = new TextTable("", "VERSION " + diff.version(), "VERSION " + diff.other(), "");
            diff.differences()
                    .forEach(d -> table.addRow(d.what(), d.first(), d.second(), d.change() == null ? "" : d.change()));
            table.print(console.out(), console.colors());
        });
        return Cli.SUCCESS;
    }
}
