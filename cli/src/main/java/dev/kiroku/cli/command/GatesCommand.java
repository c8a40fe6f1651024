package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.flag;
import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.RemoteCommandSupport.ALIAS;
import static dev.kiroku.cli.command.RemoteCommandSupport.NAME;
import static dev.kiroku.cli.command.RemoteCommandSupport.STAGE;
import static dev.kiroku.cli.command.RemoteCommandSupport.VERSION;
import static dev.kiroku.cli.command.RemoteCommandSupport.YES;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.GateFile;
import dev.kiroku.cli.remote.Remote;
import dev.kiroku.cli.remote.TextTable;
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

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    GatesCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec gates = RemoteCommandSupport.parentCommand(
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
                RemoteCommandSupport.concat(
                        RemoteCommandSupport.targetOptions(),
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

    private int list(Remote server, ParseResult arguments) {
        var policy = server.call(GateApi.LIST, new Empty());
        commands.printResult(arguments, policy, () -> {
            TextTable table = new TextTable("GATE", "MODELS", "OF", "REQUIRES", "APPROVALS");
            policy.gates()
                    .forEach(g -> table.addRow(
                            g.name(),
                            g.models(),
                            g.alias() != null ? "alias " + g.alias() : "stage " + g.stage(),
                            g.require(),
                            formatApprovals(g.approvals())));
            table.print(context.out(), context.colors());
        });
        return ExitStatus.SUCCESS;
    }

    static String formatApprovals(Gate.ApprovalRequirement a) {
        return a == null
                ? null
                : a.required() + " of " + (a.from().isEmpty() ? "anybody" : String.join(", ", a.from()));
    }

    private int check(Remote server, ParseResult arguments) {
        return check(
                server,
                arguments,
                new GateApi.CheckGatesRequest(
                        requireOption(arguments, NAME),
                        requireOption(arguments, VERSION),
                        findOption(arguments, ALIAS),
                        findOption(arguments, STAGE)));
    }

    /** Shows what the gates make of a version. @return OK when it passes */
    int check(Remote server, ParseResult arguments, GateApi.CheckGatesRequest question) {
        var checked = server.call(GateApi.CHECK, question);
        commands.printResult(arguments, checked, () -> show(checked));
        return checked.passed() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    void show(GateApi.CheckGatesResponse checked) {
        if (checked.gates().isEmpty()) {
            commands.print("No gate asks anything of it.");
            return;
        }
        for (GateResult gate : checked.gates()) {
            commands.print((gate.passed() ? "PASS" : "FAIL") + "  gate '" + gate.gate() + "' for " + gate.target());
            gate.conditions()
                    .forEach(c -> commands.print("  " + (c.passed() ? "PASS" : "FAIL") + "  " + c.condition() + "   ("
                            + c.explanation() + ")"));
            if (gate.approvals() != null) {
                commands.print("        besides, approvals: " + formatApprovals(gate.approvals()));
            }
        }
    }

    private int diff(Remote server, ParseResult arguments) {
        var planned =
                server.call(GateApi.APPLY, new GateApi.ApplyGatesRequest(GateFile.read(file(arguments)), null, true));
        commands.printResult(arguments, planned, () -> show(planned));
        return planned.changes().isEmpty() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    private void show(GateApi.ApplyGatesResponse planned) {
        if (planned.changes().isEmpty()) {
            commands.print("The gates are those of the file.");
        }
        GateFile.diff(planned.changes()).forEach(commands::print);
    }

    private int apply(Remote server, ParseResult arguments) {
        var gates = GateFile.read(file(arguments));
        String seen = server.call(GateApi.LIST, new Empty()).revision();
        var planned = server.call(GateApi.APPLY, new GateApi.ApplyGatesRequest(gates, seen, true));
        if (planned.changes().isEmpty() || arguments.hasMatchedOption("--dry-run")) {
            commands.printResult(arguments, planned, () -> show(planned));
            return ExitStatus.SUCCESS;
        }
        if (!RemoteCommandSupport.wantsJson(arguments)) {
            show(planned);
        }
        boolean agreed = commands.confirm(arguments, "Apply?", () -> {
            throw new UsageException("there is no terminal to ask on; to apply without being asked, add " + YES);
        });
        if (!agreed) {
            commands.print("Nothing was changed.");
            return ExitStatus.FAILURE;
        }
        // What was shown is what is done: if somebody has changed a gate meanwhile, the server refuses.
        var applied = server.call(GateApi.APPLY, new GateApi.ApplyGatesRequest(gates, seen, false));
        commands.printResult(
                arguments,
                applied,
                () -> commands.print("Applied: " + applied.changes().size() + " changed."));
        return ExitStatus.SUCCESS;
    }

    private int export(Remote server, ParseResult arguments) throws IOException {
        var policy = server.call(GateApi.LIST, new Empty());
        String yaml = GateFile.write(policy.gates());
        String file = findOption(arguments, "--output");
        if (file != null) {
            Files.writeString(Path.of(file), yaml);
        } else {
            commands.printResult(arguments, policy, () -> context.out().print(yaml));
        }
        return ExitStatus.SUCCESS;
    }

    private static Path file(ParseResult arguments) {
        return Path.of(requireOption(arguments, FILE));
    }
}
