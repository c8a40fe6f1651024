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
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku gates …}: manages the conditions for assigning aliases and stages to model versions. */
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
                "Manage gates: conditions that a model version must meet before an alias or a stage may point to it.",
                "",
                "Examples:",
                "  kiroku gates export > gates.yaml",
                "  kiroku gates diff -f gates.yaml",
                "  kiroku gates apply -f gates.yaml",
                "  kiroku gates check --name iris-classifier --version 4 --alias champion");
        commands.add(gates, "list", "List the gates.", this::list);
        commands.add(
                gates,
                "check",
                "Check a version against the gates, without changes. Exit status 1 if it does not pass.",
                this::check,
                RemoteCommandSupport.concat(
                        RemoteCommandSupport.targetOptions(),
                        option(NAME, "MODEL", "The registered model."),
                        option(VERSION, "N", "The version.")));
        commands.add(
                gates,
                "apply",
                "Replace the gates with those of a file. Gates that are not in the file are removed.",
                this::apply,
                option(FILE, "FILE", "A YAML file, as 'kiroku gates export' writes it."),
                flag(YES, "Do not ask for confirmation."),
                flag("--dry-run", "Show the changes without making them."));
        commands.add(
                gates,
                "diff",
                "Show the differences between the gates and a file. Exit status 1 if there are any.",
                this::diff,
                option(FILE, "FILE", "A YAML file."));
        commands.add(
                gates,
                "export",
                "Write the gates as YAML.",
                this::export,
                option("--output", "FILE", "The output file. Default: standard output."));
        return gates;
    }

    private int list(TrackingClient server, ParseResult arguments) {
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

    private int check(TrackingClient server, ParseResult arguments) {
        return check(
                server,
                arguments,
                new GateApi.CheckGatesRequest(
                        requireOption(arguments, NAME),
                        requireOption(arguments, VERSION),
                        findOption(arguments, ALIAS),
                        findOption(arguments, STAGE)));
    }

    /** Prints the result of a check and returns the exit status: success if the version passes. */
    int check(TrackingClient server, ParseResult arguments, GateApi.CheckGatesRequest question) {
        var checked = server.call(GateApi.CHECK, question);
        commands.printResult(arguments, checked, () -> show(checked));
        return checked.passed() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    void show(GateApi.CheckGatesResponse checked) {
        if (checked.gates().isEmpty()) {
            commands.print("No gate applies.");
            return;
        }
        for (GateResult gate : checked.gates()) {
            commands.print((gate.passed() ? "PASS" : "FAIL") + "  gate '" + gate.gate() + "' for " + gate.target());
            gate.conditions()
                    .forEach(c -> commands.print("  " + (c.passed() ? "PASS" : "FAIL") + "  " + c.condition() + "   ("
                            + c.explanation() + ")"));
            if (gate.approvals() != null) {
                commands.print("        approvals needed: " + formatApprovals(gate.approvals()));
            }
        }
    }

    private int diff(TrackingClient server, ParseResult arguments) {
        var planned =
                server.call(GateApi.APPLY, new GateApi.ApplyGatesRequest(GateFile.read(file(arguments)), null, true));
        commands.printResult(arguments, planned, () -> show(planned));
        return planned.changes().isEmpty() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    private void show(GateApi.ApplyGatesResponse planned) {
        if (planned.changes().isEmpty()) {
            commands.print("The gates are equal to those of the file.");
        }
        GateFile.diff(planned.changes()).forEach(commands::print);
    }

    private int apply(TrackingClient server, ParseResult arguments) {
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
            throw new UsageException(
                    "there is no terminal for the confirmation; to apply without confirmation, add " + YES);
        });
        if (!agreed) {
            commands.print("No changes were made.");
            return ExitStatus.FAILURE;
        }
        // The revision makes sure that the changes are those that were shown: the server refuses if a gate has changed
        // since.
        var applied = server.call(GateApi.APPLY, new GateApi.ApplyGatesRequest(gates, seen, false));
        commands.printResult(
                arguments,
                applied,
                () -> commands.print("Applied "
                        + RemoteCommandSupport.count(applied.changes().size(), "change", "changes") + "."));
        return ExitStatus.SUCCESS;
    }

    private int export(TrackingClient server, ParseResult arguments) throws IOException {
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
