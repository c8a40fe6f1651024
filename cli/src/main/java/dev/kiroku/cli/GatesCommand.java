package dev.kiroku.cli;

import static dev.kiroku.cli.RemoteCommands.ALIAS;
import static dev.kiroku.cli.RemoteCommands.NAME;
import static dev.kiroku.cli.RemoteCommands.STAGE;
import static dev.kiroku.cli.RemoteCommands.VERSION;
import static dev.kiroku.cli.RemoteCommands.YES;
import static dev.kiroku.cli.RemoteCommands.flag;
import static dev.kiroku.cli.RemoteCommands.given;
import static dev.kiroku.cli.RemoteCommands.option;
import static dev.kiroku.cli.RemoteCommands.required;

import dev.kiroku.cli.remote.GateFile;
import dev.kiroku.cli.remote.Remote;
import dev.kiroku.cli.remote.Table;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku gates …}: what a version must be before an alias or a stage may point at it. */
final class GatesCommand {
    private static final String FILE = "-f";

    private final Console console;
    private final RemoteCommands commands;

    GatesCommand(Console console) {
        this.console = console;
        this.commands = new RemoteCommands(console);
    }

    CommandSpec spec() {
        CommandSpec gates = RemoteCommands.parent(
                "gates",
                "Say what a model version must be before an alias or a stage may point at it.",
                "",
                "Examples:",
                "  kiroku gates export > gates.yaml",
                "  kiroku gates diff -f gates.yaml",
                "  kiroku gates apply -f gates.yaml",
                "  kiroku gates check --name iris-classifier --version 4 --alias champion");
        commands.add(gates, "list", "Show all gates.", this::list);
        commands.add(
                gates,
                "check",
                "Hold a version against the gates, changing nothing. Exit status 1 when it does not pass.",
                this::check,
                RemoteCommands.with(
                        RemoteCommands.target(),
                        option(NAME, "MODEL", "The registered model."),
                        option(VERSION, "N", "The version.")));
        commands.add(
                gates,
                "apply",
                "Make the gates those of a file: what is not in it is removed.",
                this::apply,
                option(FILE, "FILE", "A YAML file, as 'kiroku gates export' writes it."),
                flag(YES, "Do not ask before it is done."),
                flag("--dry-run", "Only show what would change."));
        commands.add(
                gates,
                "diff",
                "Show how the gates differ from those of a file. Exit status 1 when they do.",
                this::diff,
                option(FILE, "FILE", "A YAML file."));
        commands.add(
                gates,
                "export",
                "Write the gates as YAML.",
                this::export,
                option("--output", "FILE", "Where to. Default: the terminal."));
        return gates;
    }

    private int list(Remote server, ParseResult words) {
        var policy = server.call(GateApi.LIST, new Empty());
        commands.answer(words, policy, () -> {
            Table table = new Table("GATE", "MODELS", "OF", "REQUIRES", "APPROVALS");
            policy.gates()
                    .forEach(g -> table.row(
                            g.name(),
                            g.models(),
                            g.alias() != null ? "alias " + g.alias() : "stage " + g.stage(),
                            g.require(),
                            approvals(g.approvals())));
            table.print(console.out(), console.paint());
        });
        return Cli.OK;
    }

    static String approvals(Gate.Approvals a) {
        return a == null
                ? null
                : a.required() + " of " + (a.from().isEmpty() ? "anybody" : String.join(", ", a.from()));
    }

    private int check(Remote server, ParseResult words) {
        return check(
                server,
                words,
                new GateApi.Check(
                        required(words, NAME), required(words, VERSION), given(words, ALIAS), given(words, STAGE)));
    }

    /** Shows what the gates make of a version. @return OK when it passes */
    int check(Remote server, ParseResult words, GateApi.Check question) {
        var checked = server.call(GateApi.CHECK, question);
        commands.answer(words, checked, () -> show(checked));
        return checked.passed() ? Cli.OK : Cli.FAILED;
    }

    void show(GateApi.Checked checked) {
        if (checked.gates().isEmpty()) {
            commands.say("No gate asks anything of it.");
            return;
        }
        for (GateResult gate : checked.gates()) {
            commands.say((gate.passed() ? "PASS" : "FAIL") + "  gate '" + gate.gate() + "' for " + gate.target());
            gate.conditions()
                    .forEach(c -> commands.say("  " + (c.passed() ? "PASS" : "FAIL") + "  " + c.condition() + "   ("
                            + c.explanation() + ")"));
            if (gate.approvals() != null) {
                commands.say("        besides, approvals: " + approvals(gate.approvals()));
            }
        }
    }

    private int diff(Remote server, ParseResult words) {
        var planned = server.call(GateApi.APPLY, new GateApi.Apply(GateFile.read(file(words)), null, true));
        commands.answer(words, planned, () -> show(planned));
        return planned.changes().isEmpty() ? Cli.OK : Cli.FAILED;
    }

    private void show(GateApi.Applied planned) {
        if (planned.changes().isEmpty()) {
            commands.say("The gates are those of the file.");
        }
        GateFile.diff(planned.changes()).forEach(commands::say);
    }

    private int apply(Remote server, ParseResult words) {
        var gates = GateFile.read(file(words));
        String seen = server.call(GateApi.LIST, new Empty()).revision();
        var planned = server.call(GateApi.APPLY, new GateApi.Apply(gates, seen, true));
        if (planned.changes().isEmpty() || words.hasMatchedOption("--dry-run")) {
            commands.answer(words, planned, () -> show(planned));
            return Cli.OK;
        }
        if (!RemoteCommands.wantsJson(words)) {
            show(planned);
        }
        boolean agreed = commands.confirm(words, "Apply?", () -> {
            throw new MisuseException("there is no terminal to ask on; to apply without being asked, add " + YES);
        });
        if (!agreed) {
            commands.say("Nothing was changed.");
            return Cli.FAILED;
        }
        // What was shown is what is done: if somebody has changed a gate meanwhile, the server refuses.
        var applied = server.call(GateApi.APPLY, new GateApi.Apply(gates, seen, false));
        commands.answer(
                words,
                applied,
                () -> commands.say("Applied: " + applied.changes().size() + " changed."));
        return Cli.OK;
    }

    private int export(Remote server, ParseResult words) throws IOException {
        var policy = server.call(GateApi.LIST, new Empty());
        String yaml = GateFile.write(policy.gates());
        String file = given(words, "--output");
        if (file != null) {
            Files.writeString(Path.of(file), yaml);
        } else {
            commands.answer(words, policy, () -> console.out().print(yaml));
        }
        return Cli.OK;
    }

    private static Path file(ParseResult words) {
        return Path.of(required(words, FILE));
    }
}
