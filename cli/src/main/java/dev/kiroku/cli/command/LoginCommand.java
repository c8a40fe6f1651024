package dev.kiroku.cli.command;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.StoredTokens;
import dev.kiroku.cli.remote.StoredTokens.StoredToken;
import dev.kiroku.client.ClientSettings;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.users.LoginApi;
import dev.kiroku.model.users.UserApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku login} and {@code logout}: sign in to a server on a page in a browser, which may be on another machine. */
final class LoginCommand {
    private static final String PRINT_TOKEN = "--print-token";
    private static final String TOKEN_STDIN = "--token-stdin";

    private final CommandContext context;

    LoginCommand(CommandContext context) {
        this.context = context;
    }

    CommandSpec login() {
        CommandSpec spec = command("login", "Sign in to a tracking server on a page in a browser.", this::login);
        spec.usageMessage()
                .footer(
                        "",
                        "The token is kept in a file that only you can read, and used by the other commands. Python",
                        "clients read it from a variable.",
                        "",
                        "Examples:",
                        "  kiroku login --tracking-uri https://kiroku.example.com",
                        "  export MLFLOW_TRACKING_TOKEN=$(kiroku login --print-token)");
        return spec.addOption(CommandOptions.flag(
                        PRINT_TOKEN,
                        "Print the token, and nothing else, on standard output; sign in only if there is none."))
                .addOption(CommandOptions.flag(
                        TOKEN_STDIN, "Keep the token in the first line of standard input instead of signing in."));
    }

    CommandSpec logout() {
        return command("logout", "Sign out of a tracking server: end the session and forget the token.", this::logout);
    }

    private CommandSpec command(String name, String description, CommandHandler handler) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(handler).name(name);
        spec.usageMessage().description(description);
        return spec.addOption(RemoteCommandSupport.trackingUriOption()).addOption(CommandOptions.help());
    }

    private int login(ParseResult arguments) throws IOException, InterruptedException {
        StoredTokens tokens = tokens();
        ClientSettings settings = anonymousSettings(arguments);
        String server = settings.baseUri().toString();
        if (arguments.hasMatchedOption(PRINT_TOKEN)) {
            Optional<StoredToken> known = tokens.find(server, Clock.systemUTC().millis());
            if (known.isPresent()) {
                context.out().println(known.get().token());
                return ExitStatus.SUCCESS;
            }
        }
        StoredToken token =
                arguments.hasMatchedOption(TOKEN_STDIN) ? pasted(arguments, server) : approved(settings, server);
        tokens.put(token);
        if (arguments.hasMatchedOption(PRINT_TOKEN)) {
            context.out().println(token.token());
        } else {
            context.out()
                    .println("Signed in to " + server + " as " + token.user() + ". The token is in " + tokens.file()
                            + ".");
        }
        return ExitStatus.SUCCESS;
    }

    private StoredToken approved(ClientSettings settings, String server) throws InterruptedException {
        try (TrackingClient client = new TrackingClient(settings)) {
            var started = client.call(LoginApi.START, new LoginApi.StartLoginRequest(clientName()));
            context.err().println("Open this page in a browser, and compare the code " + started.userCode() + ":");
            context.err().println("  " + server + "/device?code=" + started.userCode());
            long deadline = System.nanoTime() + started.expiresIn() * 1_000_000_000L;
            while (System.nanoTime() - deadline < 0) {
                var result = client.call(LoginApi.POLL, new LoginApi.PollLoginRequest(started.deviceCode()));
                switch (result.status()) {
                    case APPROVED -> {
                        return new StoredToken(server, result.username(), result.token(), result.expirationTimestamp());
                    }
                    case DENIED -> throw KirokuException.invalid("The sign-in was denied.");
                    case PENDING -> Thread.sleep(started.interval() * 1000);
                }
            }
        }
        throw KirokuException.invalid("Nobody has approved the sign-in in time. Run 'kiroku login' again.");
    }

    /** Checks a token with the server. */
    private StoredToken pasted(ParseResult arguments, String server) throws IOException {
        String token = new String(context.in().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        if (token.isEmpty()) {
            throw new UsageException("standard input contains no token");
        }
        try (TrackingClient client = new TrackingClient(settings(arguments, token))) {
            var user = client.call(UserApi.FIND_CURRENT, new UserApi.CurrentUserRequest())
                    .user();
            if (user == null) {
                throw KirokuException.invalid("%s needs no sign-in: it was started without --auth.", server);
            }
            return new StoredToken(server, user.username(), token, null);
        }
    }

    private int logout(ParseResult arguments) throws IOException {
        StoredTokens tokens = tokens();
        ClientSettings settings = anonymousSettings(arguments);
        String server = settings.baseUri().toString();
        Optional<StoredToken> token = tokens.find(server, Clock.systemUTC().millis());
        tokens.remove(server);
        if (token.isPresent()) {
            try (TrackingClient client = new TrackingClient(settings)) {
                client.call(
                        LoginApi.END, new LoginApi.EndLoginRequest(token.get().token()));
            }
        }
        context.out().println("Signed out of " + server + ".");
        return ExitStatus.SUCCESS;
    }

    private ClientSettings anonymousSettings(ParseResult arguments) {
        return settings(arguments, "");
    }

    private ClientSettings settings(ParseResult arguments, String token) {
        Map<String, String> environment = new HashMap<>(context.environment());
        environment.keySet().removeAll(RemoteCommandSupport.CREDENTIAL_VARIABLES);
        environment.put(RemoteCommandSupport.TOKEN_VARIABLE, token);
        return ClientSettings.fromEnvironment(RemoteCommandSupport.trackingUri(arguments), environment);
    }

    private StoredTokens tokens() {
        return StoredTokens.of(context.environment())
                .orElseThrow(() ->
                        new UsageException("there is no home folder to keep the token in; set KIROKU_TOKENS_FILE"));
    }

    private static String clientName() {
        try {
            return System.getProperty("user.name") + "@"
                    + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return System.getProperty("user.name");
        }
    }
}
