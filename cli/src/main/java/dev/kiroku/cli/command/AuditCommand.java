package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.formatTime;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.JsonFormatter;
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.audit.AuditVerifier;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku audit …}: reads the audit log and verifies its hash chain. */
final class AuditCommand {
    private static final long PAGE = 1000;
    private static final String EXPECT = "--expect";
    private static final String FILE = "--file";
    private static final String SINCE = "--since";
    private static final String UNTIL = "--until";

    private final CommandContext context;
    private final RemoteCommandSupport commands;
    private final JsonFormatter json = new JsonFormatter();

    AuditCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec audit = RemoteCommandSupport.parentCommand(
                "audit",
                "Read the audit log and verify its integrity.",
                "",
                "Examples:",
                "  kiroku audit tail --model iris-classifier",
                "  kiroku audit export --output audit.jsonl",
                "  kiroku audit verify --expect 1204:9f86d081…");
        commands.add(
                audit,
                "tail",
                "Show the newest entries.",
                this::tail,
                withSearchOptions(option("-n", "N", "The number of entries. Default: 20.")));
        commands.add(
                audit,
                "export",
                "Write all entries as JSON lines, oldest first.",
                this::export,
                withSearchOptions(option("--output", "FILE", "The output file. Default: standard output.")));
        commands.add(
                audit,
                "verify",
                "Recompute all hashes and report entries that were changed, removed, added or moved. Exit status 1 if there are any.",
                this::verify,
                option(
                        EXPECT,
                        "COUNT:HASH",
                        "The end of the log at an earlier time, as this command printed it. Only a value that is stored elsewhere"
                                + " reveals that a log was truncated or rewritten as a whole."),
                option(FILE, "FILE", "Verify an exported file instead of the server's log."));
        return audit;
    }

    private static OptionSpec[] withSearchOptions(OptionSpec more) {
        return new OptionSpec[] {
            more,
            option("--actor", "USER", "Only by this user."),
            option("--action", "ACTION", "Only this action, such as alias.set, or alias for all actions on aliases."),
            option("--model", "MODEL", "Only for this model."),
            option("--subject", "SUBJECT", "Only for this subject, such as models:/iris@champion."),
            option(SINCE, "TIME", "Only from this date (2026-11-25) or time (2026-11-25T08:30:00Z) on, in UTC."),
            option(UNTIL, "TIME", "Only before this date or time.")
        };
    }

    private static AuditApi.SearchAuditLogRequest search(
            ParseResult arguments, boolean ascending, long max, String token) {
        return new AuditApi.SearchAuditLogRequest(
                findOption(arguments, "--actor"),
                findOption(arguments, "--action"),
                findOption(arguments, "--model"),
                findOption(arguments, "--subject"),
                parseTime(arguments, SINCE),
                parseTime(arguments, UNTIL),
                ascending,
                max,
                token);
    }

    /** Returns milliseconds since 1970, or null if the option is missing. */
    private static Long parseTime(ParseResult arguments, String option) {
        String text = findOption(arguments, option);
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text.contains("T") ? text : text + "T00:00:00Z")
                    .toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new UsageException(option
                    + " must be a date or a time, such as 2026-11-25 or 2026-11-25T08:30:00Z (got '" + text + "')");
        }
    }

    private int tail(TrackingClient server, ParseResult arguments) {
        long n = RemoteCommandSupport.parseNumber(arguments.matchedOptionValue("-n", "20"), "-n");
        var found = server.call(AuditApi.SEARCH, search(arguments, false, n, null));
        commands.printResult(arguments, found, () -> {
            TextTable table = new TextTable("SEQ", "TIME (UTC)", "ACTOR", "ACTION", "SUBJECT", "BEFORE", "AFTER");
            found.entries()
                    .reversed()
                    .forEach(e -> table.addRow(
                            e.seq(), formatTime(e.at()), e.actor(), e.action(), e.subject(), e.before(), e.after()));
            table.print(context.out(), context.colors());
        });
        return ExitStatus.SUCCESS;
    }

    private int export(TrackingClient server, ParseResult arguments) throws IOException {
        String file = findOption(arguments, "--output");
        AuditApi.AuditLogHead end = server.call(AuditApi.HEAD, new Empty());
        if (file == null) {
            forEachEntry(server, arguments, entry -> context.out().println(json.toJsonLine(entry)));
        } else {
            try (PrintStream out =
                    new PrintStream(Files.newOutputStream(Path.of(file)), false, StandardCharsets.UTF_8)) {
                forEachEntry(server, arguments, entry -> out.println(json.toJsonLine(entry)));
                if (out.checkError()) {
                    throw new IOException(file + " could not be written");
                }
            }
        }
        context.err()
                .println("The log ended at " + anchor(end) + ". Store this value elsewhere, for 'kiroku audit verify "
                        + EXPECT + "'.");
        return ExitStatus.SUCCESS;
    }

    private static void forEachEntry(TrackingClient server, ParseResult arguments, Consumer<AuditEntry> to) {
        String token = null;
        do {
            var page = server.call(
                    AuditApi.SEARCH,
                    arguments == null
                            ? new AuditApi.SearchAuditLogRequest(null, null, null, null, null, null, true, PAGE, token)
                            : search(arguments, true, PAGE, token));
            page.entries().forEach(to);
            token = page.nextPageToken();
        } while (token != null);
    }

    /** The result of a verification. @param head the end of the log, as COUNT:HASH */
    public record AuditVerification(Boolean whole, Long entries, String head, List<String> problems) {}

    private int verify(TrackingClient server, ParseResult arguments) throws IOException {
        var verification = new AuditVerifier();
        if (findOption(arguments, EXPECT) != null) {
            verification.addAnchor(anchor(findOption(arguments, EXPECT)), EXPECT);
        }
        if (findOption(arguments, FILE) == null) {
            verification.addAnchor(server.call(AuditApi.HEAD, new Empty()), "the log's end");
            forEachEntry(server, null, verification::accept);
        } else {
            Path file = Path.of(findOption(arguments, FILE));
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    verification.accept(json.fromJsonLine(line, AuditEntry.class));
                }
            } catch (NoSuchFileException e) {
                throw new UsageException("no such file: " + file);
            }
        }
        List<String> problems = verification.finish();
        var verdict = new AuditVerification(
                problems.isEmpty(), verification.head().count(), anchor(verification.head()), problems);
        commands.printResult(arguments, verdict, () -> {
            problems.forEach(problem -> commands.print("PROBLEM  " + problem));
            commands.print(
                    problems.isEmpty()
                            ? "The log is whole: " + verdict.entries() + " entries. It ends at " + verdict.head()
                            : "The log is not whole: " + problems.size() + " problems in " + verdict.entries()
                                    + " entries.");
        });
        return problems.isEmpty() ? ExitStatus.SUCCESS : ExitStatus.FAILURE;
    }

    private static String anchor(AuditApi.AuditLogHead head) {
        return head.count() + ":" + head.hash();
    }

    private static AuditApi.AuditLogHead anchor(String text) {
        if (!text.matches("\\d{1,18}:[0-9a-f]{64}")) {
            throw new UsageException(EXPECT + " must be a count and a hash, as 'kiroku audit verify' shows them");
        }
        int colon = text.indexOf(':');
        return new AuditApi.AuditLogHead(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
    }
}
