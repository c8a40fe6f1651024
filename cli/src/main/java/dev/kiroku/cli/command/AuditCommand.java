package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.option;
import static dev.kiroku.cli.command.RemoteCommandSupport.findOption;
import static dev.kiroku.cli.command.RemoteCommandSupport.formatTime;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.JsonFormatter;
import dev.kiroku.cli.remote.Remote;
import dev.kiroku.cli.remote.TextTable;
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

/** {@code kiroku audit …}: who changed what, and whether the record of it is whole. */
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
                "Read the record of all changes, and prove that it is whole.",
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
                withSearchOptions(option("-n", "N", "How many. Default: 20.")));
        commands.add(
                audit,
                "export",
                "Write all entries, the oldest first, one a line as JSON.",
                this::export,
                withSearchOptions(option("--output", "FILE", "Where to. Default: the terminal.")));
        commands.add(
                audit,
                "verify",
                "Compute every hash anew, here, and see that none was changed, removed, added or moved. Exit status 1 when one was.",
                this::verify,
                option(
                        EXPECT,
                        "COUNT:HASH",
                        "Where the log ended at an earlier time, as this command said then: only what is noted elsewhere"
                                + " can tell when a log was cut off or written anew as a whole."),
                option(FILE, "FILE", "Look through an export, and not through what the server has now."));
        return audit;
    }

    private static OptionSpec[] withSearchOptions(OptionSpec more) {
        return new OptionSpec[] {
            more,
            option("--actor", "USER", "By this user only."),
            option("--action", "ACTION", "Such as alias.set, or alias for all that is about aliases."),
            option("--model", "MODEL", "About this model only."),
            option("--subject", "SUBJECT", "About this only, such as models:/iris@champion."),
            option(SINCE, "TIME", "From then on: a day (2026-11-25) or a moment (2026-11-25T08:30:00Z), in UTC."),
            option(UNTIL, "TIME", "Before then.")
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

    /** @return milliseconds since 1970, or null when nothing is said */
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
                    + " must be a day or a moment, such as 2026-11-25 or 2026-11-25T08:30:00Z (got '" + text + "')");
        }
    }

    private int tail(Remote server, ParseResult arguments) {
        long n = RemoteCommandSupport.parseNumber(arguments.matchedOptionValue("-n", "20"), "-n");
        var found = server.call(AuditApi.SEARCH, search(arguments, false, n, null));
        commands.printResult(arguments, found, () -> {
            TextTable table = new TextTable("SEQ", "TIME (UTC)", "WHO", "ACTION", "WHAT", "BEFORE", "AFTER");
            found.entries()
                    .reversed()
                    .forEach(e -> table.addRow(
                            e.seq(), formatTime(e.at()), e.actor(), e.action(), e.subject(), e.before(), e.after()));
            table.print(context.out(), context.colors());
        });
        return ExitStatus.SUCCESS;
    }

    private int export(Remote server, ParseResult arguments) throws IOException {
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
                .println("The log ended at " + anchor(end) + ": note it elsewhere, for 'kiroku audit verify " + EXPECT
                        + "'.");
        return ExitStatus.SUCCESS;
    }

    private static void forEachEntry(Remote server, ParseResult arguments, Consumer<AuditEntry> to) {
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

    /** What was found. @param head where the log ends, as COUNT:HASH */
    public record AuditVerification(Boolean whole, Long entries, String head, List<String> problems) {}

    private int verify(Remote server, ParseResult arguments) throws IOException {
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
                throw new UsageException("there is no file " + file);
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
