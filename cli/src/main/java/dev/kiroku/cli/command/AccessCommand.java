package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.flag;
import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.CommandOptions.positional;
import static dev.kiroku.cli.command.RemoteCommandSupport.YES;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.AccessFile;
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.users.AccessApi;
import dev.kiroku.model.users.AccessPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku access …}: manages roles and grants. */
final class AccessCommand {
    private static final String FILE = "-f";

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    AccessCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec access = RemoteCommandSupport.parentCommand(
                "access",
                "Manage who may do what: roles, grants and default permissions.",
                "",
                "Levels are READ, USE, EDIT, MANAGE and DENY. Holders are user:NAME, group:NAME and role:NAME.",
                "",
                "Examples:",
                "  kiroku access grant group:ml EDIT 'experiment/team-a/*'",
                "  kiroku access explain update experiment/team-a/fraud --user ann",
                "  kiroku access export > access.yaml",
                "  kiroku access apply -f access.yaml");
        commands.add(
                access,
                "grant",
                "Grant a permission, or replace its level.",
                this::grant,
                positional(0, "HOLDER"),
                positional(1, "LEVEL"),
                positional(2, "RESOURCES"));
        commands.add(
                access,
                "revoke",
                "Revoke a permission.",
                this::revoke,
                positional(0, "HOLDER"),
                positional(1, "RESOURCES"));
        commands.add(access, "list", "List roles, grants and default permissions.", this::list);
        commands.add(
                access,
                "explain",
                "Show whether and why a user may do something. Exit status 1 if not.",
                this::explain,
                positional(0, "ACTION"),
                positional(1, "RESOURCE"),
                option("--user", "NAME", "The user. Default: the one who runs the command."));
        commands.add(
                access,
                "apply",
                "Replace roles, grants and default permissions with those of a file. Grants of users on single resources stay.",
                this::apply,
                option(FILE, "FILE", "A YAML file, as 'kiroku access export' writes it."),
                flag(YES, "Do not ask for confirmation."),
                flag("--dry-run", "Show the changes without making them."));
        commands.add(
                access,
                "diff",
                "Show what applying a file would change. Exit status 1 if anything.",
                this::diff,
                option(FILE, "FILE", "A YAML file."));
        commands.add(
                access,
                "export",
                "Write roles, grants and default permissions as YAML.",
                this::export,
                option("--output", "FILE", "The output file. Default: standard output."));
        return access;
    }

    private static String argument(ParseResult arguments, int index) {
        return arguments.matchedPositionalValue(index, "");
    }

    private int grant(TrackingClient server, ParseResult arguments) {
        String holder = argument(arguments, 0);
        String level = argument(arguments, 1);
        String resources = argument(arguments, 2);
        var response = server.call(AccessApi.GRANT, new AccessApi.GrantRequest(holder, resources, level));
        commands.printResult(
                arguments,
                response,
                () -> commands.print("Granted " + level + " on " + resources + " to " + holder + "."));
        return ExitStatus.SUCCESS;
    }

    private int revoke(TrackingClient server, ParseResult arguments) {
        String holder = argument(arguments, 0);
        String resources = argument(arguments, 1);
        var response = server.call(AccessApi.REVOKE, new AccessApi.RevokeRequest(holder, resources));
        commands.printResult(
                arguments,
                response,
                () -> commands.print("Revoked the permission on " + resources + " from " + holder + "."));
        return ExitStatus.SUCCESS;
    }

    private int list(TrackingClient server, ParseResult arguments) {
        var response = server.call(AccessApi.LIST, new Empty());
        commands.printResult(arguments, response, () -> {
            AccessPolicy policy = response.policy();
            TextTable table = new TextTable("HOLDER", "GRANT", "MEMBERS");
            policy.roles()
                    .forEach(role -> table.addRow(
                            "role:" + role.name(), String.join("\n", role.grants()), String.join(" ", role.members())));
            policy.grants().forEach(holder -> table.addRow(holder.to(), String.join("\n", holder.grants()), null));
            policy.groups()
                    .forEach(group ->
                            table.addRow("group:" + group.name(), "default " + group.defaultPermission(), null));
            table.addRow("everybody", "default " + response.defaultPermission(), null);
            table.print(context.out(), context.colors());
        });
        return ExitStatus.SUCCESS;
    }

    private int explain(TrackingClient server, ParseResult arguments) {
        var explained = server.call(
                AccessApi.EXPLAIN,
                new AccessApi.ExplainRequest(
                        findOption(arguments, "--user"), argument(arguments, 0), argument(arguments, 1)));
        commands.printResult(arguments, explained, () -> {
            commands.print((explained.allowed() ? "ALLOWED" : "DENIED") + "  " + explained.user() + " may "
                    + (explained.allowed() ? "" : "not ") + argument(arguments, 0) + " " + argument(arguments, 1));
            for (AccessApi.ExplainedCheck check : explained.checks()) {
                commands.print("  " + (check.allowed() ? "PASS" : "FAIL") + "  " + check.action() + " on "
                        + check.type() + ": " + reason(check));
                check.grants().forEach(grant -> commands.print("        " + grant));
            }
        });
        return explained.allowed() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    private static String reason(AccessApi.ExplainedCheck check) {
        return switch (check.basis()) {
            case OPEN -> "open to every user";
            case ADMIN -> "the user is an administrator";
            case TOKEN -> "the token does not permit it";
            case DEFAULT -> "no grant; the default permission is " + check.level();
            case DEFAULT_ABOVE_GRANT -> "the default permission " + check.level() + " is above the grants:";
            case GRANT ->
                check.grants().isEmpty() ? "no grant" : check.level() + " by grants on " + check.decidedBy() + ":";
        };
    }

    private int diff(TrackingClient server, ParseResult arguments) {
        var planned = server.call(AccessApi.APPLY, new AccessApi.ApplyPolicyRequest(policy(arguments), true));
        commands.printResult(arguments, planned, () -> show(planned));
        return planned.changes().isEmpty() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    private void show(AccessApi.ApplyPolicyResponse planned) {
        if (planned.changes().isEmpty()) {
            commands.print("Nothing differs from the file.");
        }
        planned.changes().forEach(commands::print);
    }

    private int apply(TrackingClient server, ParseResult arguments) {
        AccessPolicy policy = policy(arguments);
        var planned = server.call(AccessApi.APPLY, new AccessApi.ApplyPolicyRequest(policy, true));
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
        var applied = server.call(AccessApi.APPLY, new AccessApi.ApplyPolicyRequest(policy, false));
        commands.printResult(
                arguments,
                applied,
                () -> commands.print("Applied "
                        + RemoteCommandSupport.count(applied.changes().size(), "change", "changes") + "."));
        return ExitStatus.SUCCESS;
    }

    private int export(TrackingClient server, ParseResult arguments) throws IOException {
        var response = server.call(AccessApi.LIST, new Empty());
        String yaml = AccessFile.write(response.policy());
        String file = findOption(arguments, "--output");
        if (file != null) {
            Files.writeString(Path.of(file), yaml);
        } else {
            commands.printResult(
                    arguments, response.policy(), () -> context.out().print(yaml));
        }
        return ExitStatus.SUCCESS;
    }

    private static AccessPolicy policy(ParseResult arguments) {
        return AccessFile.read(Path.of(requireOption(arguments, FILE)));
    }
}
