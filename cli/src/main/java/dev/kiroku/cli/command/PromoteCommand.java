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
import dev.kiroku.cli.remote.Remote;
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

/** {@code kiroku models promote}: brings a version to where an alias points at it, asking for whatever is missing on the way. */
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
                "Point an alias at a version: shows the gates, asks for what is missing, and for approval where that is needed.",
                this::promote,
                positional(0, "MODEL"),
                CommandOptions.optionalPositional(1, "VERSION", "Asked for on a terminal when it is not given."),
                option(ALIAS, "ALIAS", "Default: champion."),
                option(COMMENT, "TEXT", "Why, for those who approve."),
                flag(YES, "Do not ask."),
                flag(WAIT, "Wait for the approval. Exit status 0 only when it was given."),
                option(ApprovalsCommand.TIMEOUT, "TIME", "How long to wait at most, such as 30m or 2d."));
    }

    /** How it went. UNCHANGED: the alias was there already. */
    public enum Outcome {
        UNCHANGED,
        REFUSED,
        LEFT,
        DONE,
        REQUESTED
    }

    /** @param before where the alias pointed, or null; @param approvalRequest what was opened, or null */
    public record Promotion(
            String name,
            String version,
            String alias,
            String before,
            Outcome outcome,
            List<GateResult> gates,
            ApprovalRequest approvalRequest) {}

    private int promote(Remote server, ParseResult arguments) {
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
        boolean told = !RemoteCommandSupport.wantsJson(arguments);
        if (told) {
            commands.print("Alias '" + alias + "' of '" + name + "' "
                    + (before == null ? "points nowhere yet." : "points at version " + before + "."));
        }
        if (version.equals(before)) {
            return finish(
                    arguments, new Promotion(name, version, alias, before, Outcome.UNCHANGED, List.of(), null), null);
        }
        var question = new GateApi.CheckGatesRequest(name, version, alias, null);
        var checked = server.call(GateApi.CHECK, question);
        if (told) {
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
                    "Version " + version + " does not pass: alias '" + alias + "' stays where it is.");
        }
        boolean alone = judged.stream().allMatch(gate -> gate.approvals() == null);
        if (!commands.confirm(
                arguments,
                alone ? "Point it at version " + version + "?" : "Others have to approve. Ask them?",
                () -> true)) {
            return finish(
                    arguments,
                    new Promotion(name, version, alias, before, Outcome.LEFT, judged, null),
                    "Nothing was changed.");
        }
        if (alone) {
            server.call(
                    RegistryApi.SET_REGISTERED_MODEL_ALIAS,
                    new RegistryApi.SetRegisteredModelAliasRequest(
                            name, alias, version, before == null ? "0" : before));
            return finish(
                    arguments,
                    new Promotion(name, version, alias, before, Outcome.DONE, judged, null),
                    "Done: alias '" + alias + "' points at version " + version + ".");
        }
        var opened = approvals
                .openRequest(server, name, version, alias, null, false, comment(arguments))
                .approvalRequest();
        if (told) {
            approvals.show(opened);
        }
        if (arguments.hasMatchedOption(WAIT)) {
            return approvals.awaitDecision(server, arguments, opened.id());
        }
        return finish(
                arguments,
                new Promotion(name, version, alias, before, Outcome.REQUESTED, judged, opened),
                "The change is made when it is approved. To wait for that: kiroku approvals wait " + opened.id());
    }

    /** @param said to people, or null for nothing */
    private int finish(ParseResult arguments, Promotion promotion, String said) {
        commands.printResult(
                arguments, promotion, () -> Optional.ofNullable(said).ifPresent(commands::print));
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
            throw new UsageException("say which VERSION of '" + model.name() + "'");
        }
        String newest = RegistryCommands.newest(model);
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
                : context.terminal().prompt("Why, for those who approve:");
    }

    /** Asks for what a person can say of a version, of all that is missing. @return whether anything was said */
    private boolean promptForMissing(Remote server, String name, String version, GateApi.CheckGatesResponse checked) {
        boolean said = false;
        for (GateResult gate : checked.gates()) {
            for (ConditionResult missing : gate.conditions()) {
                if (!missing.passed()) {
                    said |= promptForMissing(
                            server,
                            name,
                            version,
                            SearchLanguage.parseGate(missing.condition())
                                    .getFirst()
                                    .condition());
                }
            }
        }
        return said;
    }

    private boolean promptForMissing(Remote server, String name, String version, Condition missing) {
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
