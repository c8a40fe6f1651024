package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.flag;
import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.RemoteCommandSupport.ALIAS;
import static dev.kiroku.cli.command.RemoteCommandSupport.COMMENT;
import static dev.kiroku.cli.command.RemoteCommandSupport.NAME;
import static dev.kiroku.cli.command.RemoteCommandSupport.STAGE;
import static dev.kiroku.cli.command.RemoteCommandSupport.VERSION;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.formatTime;
import static dev.kiroku.cli.command.RemoteCommandSupport.requireOption;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.client.TrackingClient;
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

/** {@code kiroku approvals …}: requests, gives and waits for the approval of changes to protected aliases and stages. */
final class ApprovalsCommand {
    static final String TIMEOUT = "--timeout";
    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})([smhd])");
    private static final Duration INITIAL_POLL_INTERVAL = Duration.ofMillis(500);
    private static final Duration MAX_POLL_INTERVAL = Duration.ofSeconds(10);

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    ApprovalsCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec approvals = RemoteCommandSupport.parentCommand(
                "approvals",
                "Request, give and wait for the approval of changes to protected aliases and stages.",
                "",
                "Examples:",
                "  kiroku approvals request --name iris-classifier --version 4 --alias champion --comment 'better on the hard cases'",
                "  kiroku approvals approve 17 --comment 'agreed'",
                "  kiroku approvals wait 17 --timeout 2d");
        commands.add(
                approvals,
                "list",
                "List approval requests, newest first.",
                this::list,
                option(NAME, "MODEL", "Only for this model."),
                option("--state", "STATE", "OPEN, APPROVED, REJECTED, WITHDRAWN, EXPIRED or INVALIDATED."),
                option("--requester", "USER", "Only by this user."));
        commands.add(
                approvals,
                "show",
                "Show a request with its votes and comments.",
                (server, arguments) -> show(arguments, get(server, arguments)),
                CommandOptions.positional(0, "ID"));
        commands.add(
                approvals,
                "request",
                "Request approval of a change.",
                this::request,
                RemoteCommandSupport.concat(
                        RemoteCommandSupport.targetOptions(),
                        option(NAME, "MODEL", "The registered model."),
                        option(VERSION, "N", "The version that the alias or stage is to point to."),
                        flag("--delete", "Request deletion of the alias instead."),
                        flag("--archive-existing", "Archive the versions that are in the stage now."),
                        option(COMMENT, "TEXT", "The reason.")));
        addCommentCommand(
                approvals,
                "approve",
                "Approve a request. The last missing approval makes the change.",
                ApprovalApi.APPROVE);
        addCommentCommand(approvals, "reject", "Reject a request and close it.", ApprovalApi.REJECT);
        addCommentCommand(approvals, "comment", "Comment on a request.", ApprovalApi.COMMENT);
        addCommentCommand(approvals, "withdraw", "Withdraw a request of your own.", ApprovalApi.WITHDRAW);
        commands.add(
                approvals,
                "wait",
                "Wait until a request is closed. Exit status 0 only if it was approved.",
                (server, arguments) -> awaitDecision(
                        server,
                        arguments,
                        RemoteCommandSupport.parseNumber(RemoteCommandSupport.positionalValue(arguments, 0), "ID")),
                CommandOptions.positional(0, "ID"),
                option(
                        TIMEOUT,
                        "TIME",
                        "The longest time to wait, such as 30m or 2d. Default: until the request expires."));
        return approvals;
    }

    private void addCommentCommand(
            CommandSpec approvals,
            String name,
            String description,
            Endpoint<ApprovalApi.ApprovalActionRequest, ApprovalApi.ApprovalResponse> endpoint) {
        commands.add(
                approvals,
                name,
                description,
                (server, arguments) -> {
                    var answer = server.call(
                            endpoint,
                            new ApprovalApi.ApprovalActionRequest(
                                    RemoteCommandSupport.parseNumber(
                                            RemoteCommandSupport.positionalValue(arguments, 0), "ID"),
                                    findOption(arguments, COMMENT)));
                    return show(arguments, answer);
                },
                CommandOptions.positional(0, "ID"),
                option(COMMENT, "TEXT", "The comment."));
    }

    private ApprovalApi.ApprovalResponse get(TrackingClient server, ParseResult arguments) {
        return server.call(
                ApprovalApi.GET_BY_ID,
                new ApprovalApi.GetApprovalRequest(
                        RemoteCommandSupport.parseNumber(RemoteCommandSupport.positionalValue(arguments, 0), "ID")));
    }

    private int list(TrackingClient server, ParseResult arguments) {
        String state = findOption(arguments, "--state");
        State wanted = state == null
                ? null
                : Arrays.stream(State.values())
                        .filter(s -> s.name().equalsIgnoreCase(state))
                        .findFirst()
                        .orElseThrow(() -> new UsageException(
                                "unknown state '" + state + "'; the states are " + Arrays.toString(State.values())));
        var found = server.call(
                ApprovalApi.SEARCH,
                new ApprovalApi.SearchApprovalsRequest(
                        findOption(arguments, NAME), wanted, findOption(arguments, "--requester"), null, null));
        commands.printResult(arguments, found, () -> {
            TextTable table = new TextTable("ID", "STATE", "MODEL", "CHANGE", "REQUESTER", "CREATED (UTC)", "PENDING");
            found.approvalRequests()
                    .forEach(r -> table.addRow(
                            r.id(),
                            r.state(),
                            r.name(),
                            describeChange(r),
                            r.requester(),
                            formatTime(r.creationTimestamp()),
                            r.pending().isEmpty() ? null : describePending(r)));
            table.print(context.out(), context.colors());
            if (found.nextPageToken() != null) {
                commands.print("There are more requests. Narrow the list with --name, --state or --requester.");
            }
        });
        return ExitStatus.SUCCESS;
    }

    private static String describeChange(ApprovalRequest r) {
        String target = r.alias() != null ? "alias '" + r.alias() + "'" : "stage '" + r.stage() + "'";
        return r.version() == null ? "delete " + target : "version " + r.version() + " -> " + target;
    }

    private static String describePending(ApprovalRequest r) {
        return String.join(
                "; ",
                r.pending().stream()
                        .map(p -> (p.required() - p.given()) + " of "
                                + (p.from().isEmpty() ? "anybody" : String.join(", ", p.from())))
                        .toList());
    }

    private int show(ParseResult arguments, ApprovalApi.ApprovalResponse answer) {
        commands.printResult(arguments, answer, () -> show(answer.approvalRequest()));
        return ExitStatus.SUCCESS;
    }

    void show(ApprovalRequest r) {
        commands.print("Request " + r.id() + " is " + r.state() + (r.reason() == null ? "" : ": " + r.reason()));
        commands.print("  model '" + r.name() + "': " + describeChange(r)
                + (r.holderVersion() == null ? "" : " (now version " + r.holderVersion() + ")"));
        commands.print(
                "  requested by " + r.requester() + " on " + formatTime(r.creationTimestamp()) + " UTC, open until "
                        + formatTime(r.expirationTimestamp()) + " UTC"
                        + (r.comment() == null || r.comment().isEmpty() ? "" : ": " + r.comment()));
        r.votes()
                .forEach(v -> commands.print("  " + formatTime(v.timestamp()) + "  " + v.actor() + "  "
                        + v.kind().name().toLowerCase(Locale.ROOT)
                        + (v.comment() == null || v.comment().isEmpty() ? "" : ": " + v.comment())));
        if (!r.pending().isEmpty()) {
            commands.print("  missing: " + describePending(r));
        }
    }

    private int request(TrackingClient server, ParseResult arguments) {
        boolean delete = arguments.hasMatchedOption("--delete");
        if (delete == arguments.hasMatchedOption(VERSION)) {
            throw new UsageException("give either " + VERSION + " or --delete");
        }
        return show(
                arguments,
                openRequest(
                        server,
                        requireOption(arguments, NAME),
                        findOption(arguments, VERSION),
                        findOption(arguments, ALIAS),
                        findOption(arguments, STAGE),
                        arguments.hasMatchedOption("--archive-existing"),
                        findOption(arguments, COMMENT)));
    }

    ApprovalApi.ApprovalResponse openRequest(
            TrackingClient server,
            String name,
            String version,
            String alias,
            String stage,
            boolean archive,
            String comment) {
        return server.call(
                ApprovalApi.CREATE,
                new ApprovalApi.CreateApprovalRequest(name, version, alias, stage, archive ? true : null, comment));
    }

    /** Polls a request, with growing intervals, until it is closed, and returns the exit status. */
    int awaitDecision(TrackingClient server, ParseResult arguments, long id) {
        Duration timeout =
                findOption(arguments, TIMEOUT) == null ? null : parseDuration(findOption(arguments, TIMEOUT));
        long begin = System.nanoTime();
        Duration pause = INITIAL_POLL_INTERVAL;
        while (true) {
            var answer = server.call(ApprovalApi.GET_BY_ID, new ApprovalApi.GetApprovalRequest(id));
            if (answer.approvalRequest().state() != State.OPEN) {
                show(arguments, answer);
                return answer.approvalRequest().state() == State.APPROVED ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
            }
            if (pause == INITIAL_POLL_INTERVAL) {
                context.err()
                        .println(
                                "Waiting for request " + id + ": missing " + describePending(answer.approvalRequest()));
            }
            if (timeout != null && System.nanoTime() - begin > timeout.toNanos()) {
                show(arguments, answer);
                return ExitStatus.FAILURE;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ExitStatus.FAILURE;
            }
            pause = pause.multipliedBy(3).dividedBy(2).compareTo(MAX_POLL_INTERVAL) > 0
                    ? MAX_POLL_INTERVAL
                    : pause.multipliedBy(3).dividedBy(2);
        }
    }

    private static Duration parseDuration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw new UsageException(TIMEOUT + " must be a number with s, m, h or d, such as 30m (got '" + text + "')");
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
