package dev.kiroku.cli;

import static dev.kiroku.cli.RemoteCommands.ALIAS;
import static dev.kiroku.cli.RemoteCommands.NAME;
import static dev.kiroku.cli.RemoteCommands.STAGE;
import static dev.kiroku.cli.RemoteCommands.VERSION;
import static dev.kiroku.cli.RemoteCommands.flag;
import static dev.kiroku.cli.RemoteCommands.given;
import static dev.kiroku.cli.RemoteCommands.option;
import static dev.kiroku.cli.RemoteCommands.position;
import static dev.kiroku.cli.RemoteCommands.positional;
import static dev.kiroku.cli.RemoteCommands.required;
import static dev.kiroku.cli.RemoteCommands.time;

import dev.kiroku.cli.remote.Remote;
import dev.kiroku.cli.remote.Table;
import dev.kiroku.cli.remote.VersionDiff;
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
    private final RemoteCommands commands;
    private final GatesCommand gates;

    RegistryCommands(Console console) {
        this.console = console;
        this.commands = new RemoteCommands(console);
        this.gates = new GatesCommand(console);
    }

    void addTo(CommandSpec models) {
        commands.add(
                models,
                "list",
                "Show the registered models.",
                this::list,
                option("--filter", "FILTER", "In the search language, such as \"name LIKE 'iris%'\"."));
        commands.add(models, "show", "Show a registered model.", this::show, position(0, "MODEL"));
        commands.add(
                models,
                "versions",
                "Show the versions of a model, the newest first.",
                this::versions,
                position(0, "MODEL"));
        commands.add(
                models,
                "alias",
                "Show where an alias points, point it at a version, or delete it.",
                this::alias,
                position(0, "MODEL"),
                position(1, "ALIAS"),
                RemoteCommands.optionalPosition(2, "VERSION", "Point the alias there."),
                flag("--delete", "Delete the alias."),
                option("--expect", "N", "Only if the alias points at this version until now; 0 for none."));
        new PromoteCommand(console).addTo(models);
        commands.add(
                models,
                "diff",
                "Show how two versions differ: metrics, params, tags, signature, artifacts.",
                this::diff,
                position(0, "MODEL"),
                position(1, "VERSION"),
                position(2, "OTHER"));
        commands.add(
                models,
                "validate",
                "Hold a version against the gates. Exit status 0 when it passes, 1 when it does not.",
                this::validate,
                RemoteCommands.with(
                        RemoteCommands.target(),
                        option(NAME, "MODEL", "The registered model."),
                        option(VERSION, "N", "The version.")));
    }

    private int list(Remote server, ParseResult words) {
        List<RegisteredModel> all = new ArrayList<>();
        String token = null;
        do {
            var page = server.call(
                    RegistryApi.SEARCH_REGISTERED_MODELS,
                    new RegistryApi.Search(given(words, "--filter"), 1000L, List.of(), token));
            all.addAll(page.registeredModels());
            token = page.nextPageToken();
        } while (token != null);
        commands.answer(words, new RegistryApi.FoundModels(all, null), () -> {
            Table table = new Table("MODEL", "NEWEST", "ALIASES", "CHANGED (UTC)", "DESCRIPTION");
            all.forEach(
                    m -> table.row(m.name(), newest(m), aliases(m), time(m.lastUpdatedTimestamp()), m.description()));
            table.print(console.out(), console.paint());
        });
        return Cli.OK;
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
        var answer = server.call(RegistryApi.GET_REGISTERED_MODEL, new RegistryApi.ByName(positional(words, 0)));
        commands.answer(words, answer, () -> {
            RegisteredModel m = answer.registeredModel();
            commands.say(
                    m.name() + (m.description() == null || m.description().isEmpty() ? "" : ": " + m.description()));
            commands.say("  made " + time(m.creationTimestamp()) + " UTC, changed " + time(m.lastUpdatedTimestamp())
                    + " UTC");
            if (!m.tags().isEmpty()) {
                commands.say("  tags: " + tags(m.tags()));
            }
            m.aliases().forEach(a -> commands.say("  alias " + a.alias() + " -> version " + a.version()));
            m.latestVersions().forEach(v -> commands.say("  stage " + v.currentStage() + " -> version " + v.version()));
        });
        return Cli.OK;
    }

    private int versions(Remote server, ParseResult words) {
        String name = positional(words, 0);
        server.call(RegistryApi.GET_REGISTERED_MODEL, new RegistryApi.ByName(name));
        var found = server.call(
                RegistryApi.SEARCH_VERSIONS,
                new RegistryApi.Search("name = '" + name + "'", 10_000L, List.of("version_number DESC"), null));
        commands.answer(words, found, () -> {
            Table table = new Table("VERSION", "ALIASES", "STAGE", "MADE (UTC)", "RUN", "TAGS", "DESCRIPTION");
            found.modelVersions()
                    .forEach(v -> table.row(
                            v.version(),
                            v.aliases().isEmpty() ? null : String.join(" ", v.aliases()),
                            v.currentStage(),
                            time(v.creationTimestamp()),
                            v.runId(),
                            tags(v.tags()),
                            v.description()));
            table.print(console.out(), console.paint());
        });
        return Cli.OK;
    }

    private int alias(Remote server, ParseResult words) {
        String name = positional(words, 0);
        String alias = positional(words, 1);
        String version = positional(words, 2);
        String expected = given(words, "--expect");
        if (words.hasMatchedOption("--delete")) {
            if (version != null) {
                throw new MisuseException("say either a version or --delete");
            }
            server.call(RegistryApi.DELETE_ALIAS, new RegistryApi.DeleteAlias(name, alias, expected));
            commands.answer(
                    words, new Empty(), () -> commands.say("Alias '" + alias + "' of '" + name + "' is deleted."));
            return Cli.OK;
        }
        if (version != null) {
            server.call(RegistryApi.SET_ALIAS, new RegistryApi.SetAlias(name, alias, version, expected));
        }
        var answer = server.call(RegistryApi.GET_BY_ALIAS, new RegistryApi.ByAlias(name, alias));
        commands.answer(
                words,
                answer,
                () -> commands.say("Alias '" + alias + "' of '" + name + "' points at version "
                        + answer.modelVersion().version() + "."));
        return Cli.OK;
    }

    private int validate(Remote server, ParseResult words) {
        return gates.check(
                server,
                words,
                new GateApi.Check(
                        required(words, NAME), required(words, VERSION), given(words, ALIAS), given(words, STAGE)));
    }

    private int diff(Remote server, ParseResult words) {
        String name = positional(words, 0);
        var diff = new VersionDiff(server).of(name, positional(words, 1), positional(words, 2));
        commands.answer(words, diff, () -> {
            if (diff.differences().isEmpty()) {
                commands.say("Nothing that is known here differs.");
                return;
            }
            Table table = new Table("", "VERSION " + diff.version(), "VERSION " + diff.other(), "");
            diff.differences()
                    .forEach(d -> table.row(d.what(), d.first(), d.second(), d.change() == null ? "" : d.change()));
            table.print(console.out(), console.paint());
        });
        return Cli.OK;
    }
}
