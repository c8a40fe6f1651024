package dev.kiroku.cli;

import static dev.kiroku.cli.RemoteCommandSupport.formatTime;

import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.core.users.Users;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku users …}: who may sign in, their groups, passwords and tokens. Works on the database itself, so that no server need run. */
final class UsersCommand {
    private static final Pattern LIFETIME = Pattern.compile("(\\d{1,5})([hd])");
    private static final String GROUP = "--group";
    private static final String NO_PASSWORD = "--no-password";
    private static final String STDIN = "--password-stdin";
    private static final String LABEL = "--label";
    private static final String EXPIRES = "--expires";

    private interface UsersHandler {
        void run(Users users, ParseResult words) throws IOException;
    }

    public record UserList(List<User> users) {}

    public record TokenList(List<Token> tokens) {}

    private final Console console;
    private final RemoteCommandSupport commands;

    UsersCommand(Console console) {
        this.console = console;
        this.commands = new RemoteCommandSupport(console);
    }

    CommandSpec spec() {
        CommandSpec users = CommandSpec.create().name("users");
        users.usageMessage()
                .description("Look after who may sign in (with 'kiroku server --auth BASIC').")
                .footer(
                        "",
                        "Works on the database; running servers on it know at once.",
                        "",
                        "Examples:",
                        "  kiroku users add ann --group reviewers",
                        "  kiroku users token create ann --label ci --expires 90d",
                        "  export MLFLOW_TRACKING_USERNAME=ann MLFLOW_TRACKING_PASSWORD=…   or   export MLFLOW_TRACKING_TOKEN=…");
        users.addOption(Cli.helpOption());
        users.addSubcommand(
                "add",
                command(
                        "add",
                        "Add a user. The password is asked for on the terminal.",
                        this::add,
                        name("NAME"),
                        repeated(
                                GROUP,
                                "GROUP",
                                "A group to be in; may be repeated. Members of 'admins' look after the server."),
                        flag(STDIN, "Read the password from the first line of standard input."),
                        flag(NO_PASSWORD, "None: the user gets tokens only.")));
        users.addSubcommand(
                "list",
                command("list", "Show all users and their groups.", this::list, RemoteCommandSupport.jsonOption()));
        users.addSubcommand(
                "passwd",
                command(
                        "passwd",
                        "Set a user's password.",
                        this::passwd,
                        name("NAME"),
                        flag(STDIN, "Read the password from the first line of standard input.")));
        users.addSubcommand(
                "remove",
                command("remove", "Remove a user, with their tokens and memberships.", this::remove, name("NAME")));
        CommandSpec group = parent("group", "Say who is in which group.");
        group.addSubcommand(
                "add",
                command(
                        "add",
                        "Put users into a group.",
                        (all, words) -> changeGroup(all, words, true),
                        name("GROUP"),
                        names()));
        group.addSubcommand(
                "remove",
                command(
                        "remove",
                        "Take users out of a group.",
                        (all, words) -> changeGroup(all, words, false),
                        name("GROUP"),
                        names()));
        users.addSubcommand("group", group);
        CommandSpec token = parent("token", "Make and revoke personal tokens.");
        token.addSubcommand(
                "create",
                command(
                        "create",
                        "Make a token. It is shown once and cannot be shown again.",
                        this::createToken,
                        name("NAME"),
                        option(LABEL, "TEXT", "What it is for."),
                        option(
                                EXPIRES,
                                "TIME",
                                "How long it is good for, such as 12h or 90d. Without it, until it is revoked.")));
        token.addSubcommand(
                "list",
                command(
                        "list",
                        "Show tokens, without their text.",
                        this::listTokens,
                        RemoteCommandSupport.jsonOption(),
                        PositionalParamSpec.builder()
                                .type(String.class)
                                .index("0")
                                .arity("0..1")
                                .paramLabel("NAME")
                                .description("Whose. Everybody's without it.")
                                .build()));
        token.addSubcommand("revoke", command("revoke", "End a token.", this::revokeToken, name("ID")));
        users.addSubcommand("token", token);
        return users;
    }

    private static CommandSpec parent(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description);
        return spec.addOption(Cli.helpOption());
    }

    private CommandSpec command(
            String name, String description, UsersHandler work, picocli.CommandLine.Model.ArgSpec... arguments) {
        CommandHandler action = words -> {
            try (Stores stores = StoreOption.open(words, console)) {
                work.run(new Users(stores.users(), new SecureRandom(), Clock.systemUTC()), words);
            }
            return Cli.SUCCESS;
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name);
        spec.usageMessage().description(description);
        Arrays.stream(arguments).forEach(spec::add);
        return spec.addOption(StoreOption.spec()).addOption(Cli.helpOption());
    }

    private static PositionalParamSpec name(String label) {
        return PositionalParamSpec.builder()
                .type(String.class)
                .index("0")
                .arity("1")
                .required(true)
                .paramLabel(label)
                .build();
    }

    private static PositionalParamSpec names() {
        return PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .index("1..*")
                .arity("1..*")
                .required(true)
                .paramLabel("NAME")
                .build();
    }

    private static OptionSpec flag(String name, String help) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .arity("0")
                .description(help)
                .build();
    }

    private static OptionSpec option(String name, String label, String help) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(help)
                .build();
    }

    private static OptionSpec repeated(String name, String label, String help) {
        return OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel(label)
                .description(help)
                .build();
    }

    private void add(Users users, ParseResult words) throws IOException {
        String name = firstArgument(words);
        String password = words.hasMatchedOption(NO_PASSWORD) ? null : readPassword(words, name);
        users.add(name, password, words.matchedOptionValue(GROUP, List.of()), operatingSystemCaller());
        console.out().println("Added " + name + ".");
    }

    private void passwd(Users users, ParseResult words) throws IOException {
        users.setPassword(firstArgument(words), readPassword(words, firstArgument(words)), operatingSystemCaller());
        console.out().println("The password of " + firstArgument(words) + " is changed.");
    }

    private void remove(Users users, ParseResult words) {
        users.remove(firstArgument(words), operatingSystemCaller());
        console.out().println("Removed " + firstArgument(words) + ".");
    }

    private void list(Users users, ParseResult words) {
        List<User> all = users.list();
        commands.printResult(words, new UserList(all), () -> {
            TextTable table = new TextTable("NAME", "GROUPS", "PASSWORD", "TOKENS", "SINCE (UTC)");
            all.forEach(user -> table.addRow(
                    user.name(),
                    String.join(",", user.groups()),
                    user.hasPassword() ? "yes" : "no",
                    user.tokens(),
                    formatTime(user.creationTimestamp())));
            table.print(console.out(), console.colors());
        });
    }

    private void changeGroup(Users users, ParseResult words, boolean join) {
        List<String> group = List.of(firstArgument(words));
        List<String> names = words.matchedPositionalValue(1, List.of());
        for (String name : names) {
            users.updateGroups(name, join ? group : List.of(), join ? List.of() : group, operatingSystemCaller());
        }
        console.out()
                .println((join ? "In " : "No longer in ") + group.getFirst() + ": " + String.join(", ", names) + ".");
    }

    private void createToken(Users users, ParseResult words) {
        Users.NewToken made = users.createToken(
                firstArgument(words),
                words.matchedOptionValue(LABEL, ""),
                parseLifetime(words.matchedOptionValue(EXPIRES, null)),
                operatingSystemCaller());
        console.err().println("Token " + made.token().id() + " of " + firstArgument(words) + ", shown this once:");
        console.out().println(made.value());
        console.err().println("Use it as MLFLOW_TRACKING_TOKEN, or as the password of " + firstArgument(words) + ".");
    }

    private void listTokens(Users users, ParseResult words) {
        List<Token> all = users.listTokens(words.matchedPositionalValue(0, null));
        commands.printResult(words, new TokenList(all), () -> {
            TextTable table = new TextTable("ID", "USER", "LABEL", "MADE (UTC)", "EXPIRES (UTC)");
            all.forEach(token -> table.addRow(
                    token.id(),
                    token.user(),
                    token.label(),
                    formatTime(token.creationTimestamp()),
                    formatTime(token.expirationTimestamp())));
            table.print(console.out(), console.colors());
        });
    }

    private void revokeToken(Users users, ParseResult words) {
        users.revokeToken(firstArgument(words), operatingSystemCaller());
        console.out().println("Token " + firstArgument(words) + " is revoked.");
    }

    /** Who the audit log says it was: who works on the database itself has not signed in, and is known by the name that this machine has for them. */
    private static Caller operatingSystemCaller() {
        return new Caller("os:" + System.getProperty("user.name"), "-");
    }

    private static String firstArgument(ParseResult words) {
        return words.matchedPositionalValue(0, "");
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

    /** From the terminal, twice and unseen, or from what is piped in. A password on the command line would be seen by others on the machine. */
    private String readPassword(ParseResult words, String name) throws IOException {
        if (words.hasMatchedOption(STDIN)) {
            String line = new String(console.in().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
            if (line.isEmpty()) {
                throw new UsageException("standard input has no password");
            }
            return line;
        }
        if (console.terminal() == null) {
            throw new UsageException("there is no terminal to ask for the password on; pipe it in with " + STDIN);
        }
        String once = console.terminal().promptPassword("Password for " + name + ":");
        if (!once.equals(console.terminal().promptPassword("Again:"))) {
            throw new UsageException("the two passwords are not the same");
        }
        return once;
    }
}
