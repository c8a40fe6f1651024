package dev.kiroku.cli;

import static dev.kiroku.cli.RemoteCommands.ALIAS;
import static dev.kiroku.cli.RemoteCommands.COMMENT;
import static dev.kiroku.cli.RemoteCommands.NAME;
import static dev.kiroku.cli.RemoteCommands.STAGE;
import static dev.kiroku.cli.RemoteCommands.VERSION;
import static dev.kiroku.cli.RemoteCommands.flag;
import static dev.kiroku.cli.RemoteCommands.given;
import static dev.kiroku.cli.RemoteCommands.option;
import static dev.kiroku.cli.RemoteCommands.required;
import static dev.kiroku.cli.RemoteCommands.time;

import dev.kiroku.cli.remote.Remote;
import dev.kiroku.cli.remote.Table;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.State;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku approvals …}: asking for approval of a change to a protected alias or stage, giving it, and waiting for it. */
final class ApprovalsCommand {
    static final String TIMEOUT = "--timeout";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})([smhd])");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Console console;
    private final RemoteCommands commands;

    ApprovalsCommand(Console console) {
        this.console = console;
        this.commands = new RemoteCommands(console);
    }

    CommandSpec spec() {
        CommandSpec approvals = RemoteCommands.parent(
                "approvals",
                "Ask for approval of a change to a protected alias or stage, give it, wait for it.",
                "",
                "Examples:",
                "  kiroku approvals request --name iris-classifier --version 4 --alias champion --comment 'better on the hard cases'",
                "  kiroku approvals approve 17 --comment 'agreed'",
                "  kiroku approvals wait 17 --timeout 2d");
        commands.add(
                approvals,
                "list",
                "Show requests, the newest first.",
                this::list,
                option(NAME, "MODEL", "Of this model only."),
                option("--state", "STATE", "OPEN, APPROVED, REJECTED, WITHDRAWN, EXPIRED or INVALIDATED."),
                option("--requester", "USER", "By this user only."));
        commands.add(
                approvals,
                "show",
                "Show a request, and who said what.",
                (server, words) -> show(words, get(server, words)),
                RemoteCommands.position(0, "ID"));
        commands.add(
                approvals,
                "request",
                "Ask for approval.",
                this::request,
                RemoteCommands.with(
                        RemoteCommands.target(),
                        option(NAME, "MODEL", "The registered model."),
                        option(VERSION, "N", "The version that alias or stage is to point at."),
                        flag("--delete", "Or: the alias is to be deleted."),
                        flag("--archive-existing", "Archive what is in the stage now."),
                        option(COMMENT, "TEXT", "Why.")));
        say(
                approvals,
                "approve",
                "Agree. The approval that completes a request makes the change.",
                ApprovalApi.APPROVE);
        say(approvals, "reject", "Disagree: the request is closed.", ApprovalApi.REJECT);
        say(approvals, "comment", "Say something about a request.", ApprovalApi.COMMENT);
        say(approvals, "withdraw", "Take back a request that you made.", ApprovalApi.WITHDRAW);
        commands.add(
                approvals,
                "wait",
                "Wait until a request is decided. Exit status 0 only when it was approved.",
                (server, words) ->
                        wait(server, words, RemoteCommands.number(RemoteCommands.positional(words, 0), "ID")),
                RemoteCommands.position(0, "ID"),
                option(TIMEOUT, "TIME", "How long at most, such as 30m or 2d. Default: until the request expires."));
        return approvals;
    }

    private void say(
            CommandSpec approvals,
            String name,
            String description,
            Endpoint<ApprovalApi.Say, ApprovalApi.One> endpoint) {
        commands.add(
                approvals,
                name,
                description,
                (server, words) -> {
                    var answer = server.call(
                            endpoint,
                            new ApprovalApi.Say(
                                    RemoteCommands.number(RemoteCommands.positional(words, 0), "ID"),
                                    given(words, COMMENT)));
                    return show(words, answer);
                },
                RemoteCommands.position(0, "ID"),
                option(COMMENT, "TEXT", "What to say."));
    }

    private ApprovalApi.One get(Remote server, ParseResult words) {
        return server.call(
                ApprovalApi.GET_BY_ID,
                new ApprovalApi.ById(RemoteCommands.number(RemoteCommands.positional(words, 0), "ID")));
    }

    private int list(Remote server, ParseResult words) {
        String state = given(words, "--state");
        State wanted = state == null
                ? null
                : Arrays.stream(State.values())
                        .filter(s -> s.name().equalsIgnoreCase(state))
                        .findFirst()
                        .orElseThrow(() -> new MisuseException(
                                "there is no state '" + state + "': " + Arrays.toString(State.values())));
        var found = server.call(
                ApprovalApi.SEARCH,
                new ApprovalApi.Search(given(words, NAME), wanted, given(words, "--requester"), null, null));
        commands.answer(words, found, () -> {
            Table table = new Table("ID", "STATE", "MODEL", "CHANGE", "REQUESTER", "MADE (UTC)", "MISSING");
            found.approvalRequests()
                    .forEach(r -> table.row(
                            r.id(),
                            r.state(),
                            r.name(),
                            change(r),
                            r.requester(),
                            time(r.creationTimestamp()),
                            r.pending().isEmpty() ? null : missing(r)));
            table.print(console.out(), console.paint());
            if (found.nextPageToken() != null) {
                commands.say("There are more: narrow it with --name, --state or --requester.");
            }
        });
        return Cli.OK;
    }

    private static String change(ApprovalRequest r) {
        String target = r.alias() != null ? "alias '" + r.alias() + "'" : "stage '" + r.stage() + "'";
        return r.version() == null ? "delete " + target : "version " + r.version() + " -> " + target;
    }

    private static String missing(ApprovalRequest r) {
        return String.join(
                "; ",
                r.pending().stream()
                        .map(p -> (p.required() - p.given()) + " of "
                                + (p.from().isEmpty() ? "anybody" : String.join(", ", p.from())))
                        .toList());
    }

    private int show(ParseResult words, ApprovalApi.One answer) {
        commands.answer(words, answer, () -> show(answer.approvalRequest()));
        return Cli.OK;
    }

    void show(ApprovalRequest r) {
        commands.say("Request " + r.id() + " is " + r.state() + (r.reason() == null ? "" : ": " + r.reason()));
        commands.say("  model '" + r.name() + "': " + change(r)
                + (r.holderVersion() == null ? "" : " (now version " + r.holderVersion() + ")"));
        commands.say("  asked by " + r.requester() + " on " + time(r.creationTimestamp()) + " UTC, open until "
                + time(r.expirationTimestamp()) + " UTC"
                + (r.comment() == null || r.comment().isEmpty() ? "" : ": " + r.comment()));
        r.votes()
                .forEach(v -> commands.say("  " + time(v.timestamp()) + "  " + v.actor() + "  "
                        + v.kind().name().toLowerCase(Locale.ROOT)
                        + (v.comment() == null || v.comment().isEmpty() ? "" : ": " + v.comment())));
        if (!r.pending().isEmpty()) {
            commands.say("  missing: " + missing(r));
        }
    }

    private int request(Remote server, ParseResult words) {
        boolean delete = words.hasMatchedOption("--delete");
        if (delete == words.hasMatchedOption(VERSION)) {
            throw new MisuseException("say either " + VERSION + " or --delete");
        }
        return show(
                words,
                open(
                        server,
                        required(words, NAME),
                        given(words, VERSION),
                        given(words, ALIAS),
                        given(words, STAGE),
                        words.hasMatchedOption("--archive-existing"),
                        given(words, COMMENT)));
    }

    ApprovalApi.One open(
            Remote server, String name, String version, String alias, String stage, boolean archive, String comment) {
        return server.call(
                ApprovalApi.OPEN, new ApprovalApi.Open(name, version, alias, stage, archive ? true : null, comment));
    }

    /** Asks again and again, less and less often. */
    int wait(Remote server, ParseResult words, long id) {
        Duration timeout = given(words, TIMEOUT) == null ? null : duration(given(words, TIMEOUT));
        long begin = System.nanoTime();
        Duration pause = FIRST_PAUSE;
        while (true) {
            var answer = server.call(ApprovalApi.GET_BY_ID, new ApprovalApi.ById(id));
            if (answer.approvalRequest().state() != State.OPEN) {
                show(words, answer);
                return answer.approvalRequest().state() == State.APPROVED ? Cli.OK : Cli.FAILED;
            }
            if (pause == FIRST_PAUSE) {
                console.err().println("Waiting for request " + id + ": missing " + missing(answer.approvalRequest()));
            }
            if (timeout != null && System.nanoTime() - begin > timeout.toNanos()) {
                show(words, answer);
                return Cli.FAILED;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Cli.FAILED;
            }
            pause = pause.multipliedBy(3).dividedBy(2).compareTo(LONGEST_PAUSE) > 0
                    ? LONGEST_PAUSE
                    : pause.multipliedBy(3).dividedBy(2);
        }
    }

    private static Duration duration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw new MisuseException(
                    TIMEOUT + " must be a number with s, m, h or d, such as 30m (got '" + text + "')");
        }
        long n = Long.parseLong(m.group(1));
        return switch (m.group(2)) {
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }
}
