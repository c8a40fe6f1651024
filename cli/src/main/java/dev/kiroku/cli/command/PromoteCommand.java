package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.flag;
import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.CommandOptions.positional;
import static dev.kiroku.cli.command.RemoteCommandSupport.ALIAS;
import static dev.kiroku.cli.command.RemoteCommandSupport.COMMENT;
import static dev.kiroku.cli.command.RemoteCommandSupport.YES;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.positionalValue;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import dev.kiroku.model.registry.GateResult.ConditionResult;
import dev.kiroku.model.registry.RegisteredModel;
import dev.kiroku.model.registry.RegistryApi;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku models promote}: points an alias to a version; asks for missing values and requests approval where gates require it. */
final class PromoteCommand {
    private static final String WAIT = "--wait";
    private static final String TAG = "tags.";

    private final CommandContext context;
    private final RemoteCommandSupport commands;
    private final GatesCommand gates;
    private final ApprovalsCommand approvals;

    PromoteCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
        this.gates = new GatesCommand(context);
        this.approvals = new ApprovalsCommand(context);
    }

    void addTo(CommandSpec models) {
        commands.add(
                models,
                "promote",
                "Point an alias to a version: checks the gates, asks for missing values, and requests approval if needed.",
                this::promote,
                positional(0, "MODEL"),
                CommandOptions.optionalPositional(1, "VERSION", "Without it, the command asks on the terminal."),
                option(ALIAS, "ALIAS", "Default: champion."),
                option(COMMENT, "TEXT", "The reason, for the approvers."),
                flag(YES, "Do not ask for confirmation."),
                flag(WAIT, "Wait for the approval. Exit status 0 only if it was given."),
                option(ApprovalsCommand.TIMEOUT, "TIME", "The longest time to wait, such as 30m or 2d."));
    }

    /** The outcome of a promotion. UNCHANGED: the alias already points to the version. LEFT: the user declined. */
    public enum Outcome {
        UNCHANGED,
        REFUSED,
        LEFT,
        DONE,
        REQUESTED
    }

    /**
     * The result of the command.
     *
     * @param before the version that the alias pointed to, or null
     * @param approvalRequest the opened request, or null
     */
    public record Promotion(
            String name,
            String version,
            String alias,
            String before,
            Outcome outcome,
            List<GateResult> gates,
            ApprovalRequest approvalRequest) {}

    private int promote(TrackingClient server, ParseResult arguments) {
        String name = positionalValue(arguments, 0);
        String alias = arguments.matchedOptionValue(ALIAS, "champion");
        RegisteredModel model = server.call(
                        RegistryApi.GET_REGISTERED_MODEL, new RegistryApi.RegisteredModelNameRequest(name))
                .registeredModel();
        String version =
                positionalValue(arguments, 1) != null ? positionalValue(arguments, 1) : promptForVersion(model);
        String before = model.aliases().stream()
                .filter(a -> a.alias().equals(alias))
                .map(RegisteredModel.Alias::version)
                .findFirst()
                .orElse(null);
        boolean verbose = !RemoteCommandSupport.wantsJson(arguments);
        if (verbose) {
            commands.print("Alias '" + alias + "' of '" + name + "' "
                    + (before == null ? "does not exist yet." : "points to version " + before + "."));
        }
        if (version.equals(before)) {
            return finish(
                    arguments, new Promotion(name, version, alias, before, Outcome.UNCHANGED, List.of(), null), null);
        }
        var question = new GateApi.CheckGatesRequest(name, version, alias, null);
        var checked = server.call(GateApi.CHECK, question);
        if (verbose) {
            gates.show(checked);
        }
        if (!checked.passed() && isInteractive(arguments) && promptForMissing(server, name, version, checked)) {
            checked = server.call(GateApi.CHECK, question);
            gates.show(checked);
        }
        var judged = checked.gates();
        if (!checked.passed()) {
            return finish(
                    arguments,
                    new Promotion(name, version, alias, before, Outcome.REFUSED, judged, null),
                    "Version " + version + " does not pass the gates: alias '" + alias + "' is unchanged.");
        }
        boolean alone = judged.stream().allMatch(gate -> gate.approvals() == null);
        if (!commands.confirm(
                arguments,
                alone ? "Point it to version " + version + "?" : "This change needs approval. Request it?",
                () -> true)) {
            return finish(
                    arguments,
                    new Promotion(name, version, alias, before, Outcome.LEFT, judged, null),
                    "No changes were made.");
        }
        if (alone) {
            server.call(
                    RegistryApi.SET_REGISTERED_MODEL_ALIAS,
                    new RegistryApi.SetRegisteredModelAliasRequest(
                            name, alias, version, before == null ? "0" : before));
            return finish(
                    arguments,
                    new Promotion(name, version, alias, before, Outcome.DONE, judged, null),
                    "Done: alias '" + alias + "' points to version " + version + ".");
        }
        var opened = approvals
                .openRequest(server, name, version, alias, null, false, comment(arguments))
                .approvalRequest();
        if (verbose) {
            approvals.show(opened);
        }
        if (arguments.hasMatchedOption(WAIT)) {
            return approvals.awaitDecision(server, arguments, opened.id());
        }
        return finish(
                arguments,
                new Promotion(name, version, alias, before, Outcome.REQUESTED, judged, opened),
                "The change is made when it is approved. To wait for it: kiroku approvals wait " + opened.id());
    }

    /** Prints the result and returns the exit status. @param message the text without {@code --json}, or null for none */
    private int finish(ParseResult arguments, Promotion promotion, String message) {
        commands.printResult(
                arguments, promotion, () -> Optional.ofNullable(message).ifPresent(commands::print));
        return promotion.outcome == Outcome.REFUSED || promotion.outcome == Outcome.LEFT
                ? ExitStatus.FAILURE
                : ExitStatus.SUCCESS;
    }

    private boolean isInteractive(ParseResult arguments) {
        return context.terminal() != null
                && !arguments.hasMatchedOption(YES)
                && !RemoteCommandSupport.wantsJson(arguments);
    }

    private String promptForVersion(RegisteredModel model) {
        if (context.terminal() == null) {
            throw new UsageException("VERSION of '" + model.name() + "' is missing");
        }
        String newest = RemoteCommandSupport.newestVersion(model);
        if (newest == null) {
            throw KirokuException.notFound("%s", "Model '" + model.name() + "' has no version yet.");
        }
        String answer = context.terminal().prompt("Which version? [" + newest + "]");
        return answer.isEmpty() ? newest : answer;
    }

    private String comment(ParseResult arguments) {
        String given = findOption(arguments, COMMENT);
        return given != null || !isInteractive(arguments)
                ? given
                : context.terminal().prompt("Reason, for the approvers:");
    }

    /** Asks for the missing values that a user can enter, and returns whether any was entered. */
    private boolean promptForMissing(
            TrackingClient server, String name, String version, GateApi.CheckGatesResponse checked) {
        boolean entered = false;
        for (GateResult gate : checked.gates()) {
            for (ConditionResult missing : gate.conditions()) {
                if (!missing.passed()) {
                    entered |= promptForMissing(
                            server,
                            name,
                            version,
                            SearchLanguage.parseGate(missing.condition())
                                    .getFirst()
                                    .condition());
                }
            }
        }
        return entered;
    }

    private boolean promptForMissing(TrackingClient server, String name, String version, Condition missing) {
        String key = missing.field().key();
        boolean isEqual = missing.comparator() == ComparisonOperator.EQ;
        if (key.equals("has_description") && isEqual && missing.operand().equals(new Operand.Text("true"))) {
            String description = context.terminal().prompt("Description of version " + version + " (empty: none):");
            if (!description.isEmpty()) {
                server.call(
                        RegistryApi.UPDATE_MODEL_VERSION,
                        new RegistryApi.UpdateModelVersionRequest(name, version, description));
            }
            return !description.isEmpty();
        }
        if (missing.field().kind() != SearchField.Kind.ATTRIBUTE || !key.startsWith(TAG)) {
            return false;
        }
        String tag = key.substring(TAG.length());
        String value = isEqual && missing.operand() instanceof Operand.Text(String wanted)
                ? (commands.promptYesNo("Set tag " + tag + " of version " + version + " to '" + wanted + "'?")
                        ? wanted
                        : "")
                : context.terminal().prompt("Tag " + tag + " of version " + version + " (empty: leave it):");
        if (!value.isEmpty()) {
            server.call(
                    RegistryApi.SET_MODEL_VERSION_TAG,
                    new RegistryApi.SetModelVersionTagRequest(name, version, tag, value));
        }
        return !value.isEmpty();
    }
}
