package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.RemoteCommandSupport.formatTime;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.users.Token;
import dev.kiroku.model.users.User;
import dev.kiroku.stores.Stores;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku users …}: manages users, groups, passwords and tokens in the database. No server needs to run. */
final class UsersCommand {
    private static final Pattern LIFETIME = Pattern.compile("(\\d{1,5})([hd])");
    private static final String GROUP = "--group";
    private static final String NO_PASSWORD = "--no-password";
    private static final String STDIN = "--password-stdin";
    private static final String LABEL = "--label";
    private static final String EXPIRES = "--expires";
    private static final String READ_ONLY = "--read-only";
    private static final String RESOURCES = "--resources";
    private static final String SERVICE = "--service";

    private interface StoresHandler {
        void run(Stores stores, ParseResult arguments) throws IOException;
    }

    private interface UsersHandler {
        void run(Users users, ParseResult arguments) throws IOException;
    }

    /** The output of {@code kiroku users list --json}. */
    public record UserList(List<User> users) {}

    /** The output of {@code kiroku users tokens --json}. */
    public record TokenList(List<Token> tokens) {}

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    UsersCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec users = CommandSpec.create().name("users");
        users.usageMessage()
                .description("Manage the users of 'kiroku server --auth BASIC'.")
                .footer(
                        "",
                        "Changes the database; they take effect on running servers at once.",
                        "",
                        "Examples:",
                        "  kiroku users add ann --group reviewers",
                        "  kiroku users token create ann --label ci --expires 90d",
                        "  export MLFLOW_TRACKING_USERNAME=ann MLFLOW_TRACKING_PASSWORD=…   or   export MLFLOW_TRACKING_TOKEN=…");
        users.addOption(CommandOptions.help());
        users.addSubcommand(
                "add",
                command(
                        "add",
                        "Add a user. Asks for the password on the terminal.",
                        this::add,
                        CommandOptions.positional(0, "NAME"),
                        CommandOptions.repeatableOption(
                                GROUP,
                                "GROUP",
                                "A group of the user; may be repeated. Members of 'admins' administer the server."),
                        CommandOptions.flag(STDIN, "Read the password from the first line of standard input."),
                        CommandOptions.flag(
                                NO_PASSWORD, "Add the user without a password; the user can sign in with tokens only."),
                        CommandOptions.flag(
                                SERVICE, "Add a service account: the user of a program, which has tokens only.")));
        users.addSubcommand(
                "list", command("list", "List users and their groups.", this::list, RemoteCommandSupport.jsonOption()));
        users.addSubcommand(
                "passwd",
                command(
                        "passwd",
                        "Set a user's password.",
                        this::passwd,
                        CommandOptions.positional(0, "NAME"),
                        CommandOptions.flag(STDIN, "Read the password from the first line of standard input.")));
        users.addSubcommand(
                "remove",
                command(
                        "remove",
                        "Remove a user, with their tokens and memberships.",
                        this::remove,
                        CommandOptions.positional(0, "NAME")));
        users.addSubcommand(
                "disable",
                command(
                        "disable",
                        "Disable the accounts of users: sessions end, and passwords and tokens are refused.",
                        (all, arguments) -> setDisabled(all, arguments, true),
                        CommandOptions.positionalList(0, "NAME")));
        users.addSubcommand(
                "enable",
                command(
                        "enable",
                        "Enable disabled accounts.",
                        (all, arguments) -> setDisabled(all, arguments, false),
                        CommandOptions.positionalList(0, "NAME")));
        users.addSubcommand(
                "sign-out",
                storesCommand(
                        "sign-out",
                        "End all sessions of a user in browsers.",
                        this::signOut,
                        CommandOptions.positional(0, "NAME")));
        CommandSpec group = RemoteCommandSupport.parentCommand("group", "Manage the members of groups.");
        group.addSubcommand(
                "add",
                command(
                        "add",
                        "Add users to a group.",
                        (all, arguments) -> changeGroup(all, arguments, true),
                        CommandOptions.positional(0, "GROUP"),
                        CommandOptions.positionalList(1, "NAME")));
        group.addSubcommand(
                "remove",
                command(
                        "remove",
                        "Remove users from a group.",
                        (all, arguments) -> changeGroup(all, arguments, false),
                        CommandOptions.positional(0, "GROUP"),
                        CommandOptions.positionalList(1, "NAME")));
        users.addSubcommand("group", group);
        CommandSpec token = RemoteCommandSupport.parentCommand("token", "Create and revoke personal tokens.");
        token.addSubcommand(
                "create",
                command(
                        "create",
                        "Create a token. It is shown only once.",
                        this::createToken,
                        CommandOptions.positional(0, "NAME"),
                        CommandOptions.option(LABEL, "TEXT", "The purpose of the token."),
                        CommandOptions.option(
                                EXPIRES,
                                "TIME",
                                "The lifetime, such as 12h or 90d. Default: until the token is revoked."),
                        CommandOptions.flag(READ_ONLY, "The token only permits to read."),
                        CommandOptions.repeatableOption(
                                RESOURCES,
                                "RESOURCES",
                                "The token only permits to touch these resources, such as experiment/team-a/* or"
                                        + " registered_model/iris; may be repeated.")));
        token.addSubcommand(
                "list",
                command(
                        "list",
                        "List tokens, without their secret text.",
                        this::listTokens,
                        RemoteCommandSupport.jsonOption(),
                        CommandOptions.optionalPositional(0, "NAME", "Only tokens of this user.")));
        token.addSubcommand(
                "revoke", command("revoke", "Revoke a token.", this::revokeToken, CommandOptions.positional(0, "ID")));
        users.addSubcommand("token", token);
        return users;
    }

    private CommandSpec command(String name, String description, UsersHandler handler, ArgSpec... parameters) {
        return storesCommand(
                name,
                description,
                (stores, arguments) ->
                        handler.run(new Users(stores.users(), new SecureRandom(), Clock.systemUTC()), arguments),
                parameters);
    }

    private CommandSpec storesCommand(String name, String description, StoresHandler handler, ArgSpec... parameters) {
        CommandHandler command = arguments -> {
            try (Stores stores = StoreOption.open(arguments, context)) {
                handler.run(stores, arguments);
            }
            return ExitStatus.SUCCESS;
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name(name);
        spec.usageMessage().description(description);
        Arrays.stream(parameters).forEach(spec::add);
        return spec.addOption(StoreOption.spec()).addOption(CommandOptions.help());
    }

    private void add(Users users, ParseResult arguments) throws IOException {
        String name = firstArgument(arguments);
        List<String> groups = arguments.matchedOptionValue(GROUP, List.of());
        if (arguments.hasMatchedOption(SERVICE)) {
            users.addService(name, groups, operatingSystemCaller());
        } else {
            String password = arguments.hasMatchedOption(NO_PASSWORD) ? null : readPassword(arguments, name);
            users.add(name, password, groups, operatingSystemCaller());
        }
        context.out().println("Added " + name + ".");
    }

    private void passwd(Users users, ParseResult arguments) throws IOException {
        users.setPassword(
                firstArgument(arguments), readPassword(arguments, firstArgument(arguments)), operatingSystemCaller());
        context.out().println("Changed the password of " + firstArgument(arguments) + ".");
    }

    private void remove(Users users, ParseResult arguments) {
        users.remove(firstArgument(arguments), operatingSystemCaller());
        context.out().println("Removed " + firstArgument(arguments) + ".");
    }

    private void setDisabled(Users users, ParseResult arguments, boolean disabled) {
        List<String> names = arguments.matchedPositionalValue(0, List.of());
        names.forEach(name -> users.setDisabled(name, disabled, operatingSystemCaller()));
        context.out().println((disabled ? "Disabled " : "Enabled ") + String.join(", ", names) + ".");
    }

    private void signOut(Stores stores, ParseResult arguments) {
        var change =
                new ChangeContext(operatingSystemCaller(), Clock.systemUTC().millis());
        int count = stores.sessions().removeAll(firstArgument(arguments), change);
        context.out()
                .println("Ended " + RemoteCommandSupport.count(count, "session", "sessions") + " of "
                        + firstArgument(arguments) + ".");
    }

    private void list(Users users, ParseResult arguments) {
        List<User> all = users.list();
        commands.printResult(arguments, new UserList(all), () -> {
            TextTable table = new TextTable(
                    "NAME", "KIND", "GROUPS", "PASSWORD", "TOKENS", "CREATED (UTC)", "LAST SIGN-IN (UTC)");
            all.forEach(user -> table.addRow(
                    user.name(),
                    (user.service() ? "service" : "person") + (user.disabled() ? ", disabled" : ""),
                    String.join(",", user.groups()),
                    user.hasPassword() ? "yes" : "no",
                    user.tokens(),
                    formatTime(user.creationTimestamp()),
                    formatTime(user.lastSignInTimestamp())));
            table.print(context.out(), context.colors());
        });
    }

    private void changeGroup(Users users, ParseResult arguments, boolean join) {
        List<String> group = List.of(firstArgument(arguments));
        List<String> names = arguments.matchedPositionalValue(1, List.of());
        for (String name : names) {
            users.updateGroups(name, join ? group : List.of(), join ? List.of() : group, operatingSystemCaller());
        }
        context.out()
                .println((join ? "Added to " : "Removed from ") + group.getFirst() + ": " + String.join(", ", names)
                        + ".");
    }

    private void createToken(Users users, ParseResult arguments) {
        Users.NewToken made = users.createToken(
                firstArgument(arguments),
                arguments.matchedOptionValue(LABEL, ""),
                parseLifetime(arguments.matchedOptionValue(EXPIRES, null)),
                new TokenScope(
                        arguments.hasMatchedOption(READ_ONLY),
                        arguments.matchedOptionValue(RESOURCES, List.<String>of()).stream()
                                .map(ResourceSelector::parse)
                                .toList()),
                operatingSystemCaller());
        context.err().println("Token " + made.token().id() + " of " + firstArgument(arguments) + ", shown only once:");
        context.out().println(made.value());
        context.err()
                .println("Use it as MLFLOW_TRACKING_TOKEN or as the password of " + firstArgument(arguments) + ".");
    }

    private void listTokens(Users users, ParseResult arguments) {
        List<Token> all = users.listTokens(arguments.matchedPositionalValue(0, null));
        commands.printResult(arguments, new TokenList(all), () -> {
            TextTable table = new TextTable(
                    "ID", "USER", "LABEL", "PERMITS", "CREATED (UTC)", "EXPIRES (UTC)", "LAST USED (UTC)");
            all.forEach(token -> table.addRow(
                    token.id(),
                    token.user(),
                    token.label(),
                    formatScope(token),
                    formatTime(token.creationTimestamp()),
                    formatTime(token.expirationTimestamp()),
                    formatTime(token.lastUsedTimestamp())));
            table.print(context.out(), context.colors());
        });
    }

    private static String formatScope(Token token) {
        String resources = token.resources().isEmpty() ? "everything" : String.join(" ", token.resources());
        return token.readOnly() ? "to read " + resources : resources;
    }

    private void revokeToken(Users users, ParseResult arguments) {
        users.revokeToken(firstArgument(arguments), operatingSystemCaller());
        context.out().println("Revoked token " + firstArgument(arguments) + ".");
    }

    /** Returns the caller for the audit log: the user of the operating system, because nobody signs in to work on the database. */
    static Caller operatingSystemCaller() {
        return new Caller("os:" + System.getProperty("user.name"), "-");
    }

    private static String firstArgument(ParseResult arguments) {
        return arguments.matchedPositionalValue(0, "");
    }

    private static Duration parseLifetime(String text) {
        if (text == null) {
            return null;
        }
        Matcher life = LIFETIME.matcher(text);
        if (!life.matches() || Integer.parseInt(life.group(1)) == 0) {
            throw new UsageException(
                    EXPIRES + " must be a number of hours or days, such as 12h or 90d (got '" + text + "')");
        }
        int count = Integer.parseInt(life.group(1));
        return life.group(2).equals("h") ? Duration.ofHours(count) : Duration.ofDays(count);
    }

    /** Reads a password from standard input, or twice from the terminal. A password on the command line would be visible to other users. */
    private String readPassword(ParseResult arguments, String name) throws IOException {
        if (arguments.hasMatchedOption(STDIN)) {
            String line = new String(context.in().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
            if (line.isEmpty()) {
                throw new UsageException("standard input contains no password");
            }
            return line;
        }
        if (context.terminal() == null) {
            throw new UsageException(
                    "there is no terminal to ask for the password; pass it on standard input with " + STDIN);
        }
        String password = context.terminal().promptPassword("Password for " + name + ":");
        if (!password.equals(context.terminal().promptPassword("Again:"))) {
            throw new UsageException("the passwords differ");
        }
        return password;
    }
}
