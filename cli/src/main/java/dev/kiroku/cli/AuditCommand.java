package dev.kiroku.cli;

import static dev.kiroku.cli.RemoteCommands.given;
import static dev.kiroku.cli.RemoteCommands.option;
import static dev.kiroku.cli.RemoteCommands.time;

import dev.kiroku.cli.remote.Json;
import dev.kiroku.cli.remote.Remote;
import dev.kiroku.cli.remote.Table;
import dev.kiroku.core.audit.Verification;
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

    private final Console console;
    private final RemoteCommands commands;
    private final Json json = new Json();

    AuditCommand(Console console) {
        this.console = console;
        this.commands = new RemoteCommands(console);
    }

    CommandSpec spec() {
        CommandSpec audit = RemoteCommands.parent(
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
                with(option("-n", "N", "How many. Default: 20.")));
        commands.add(
                audit,
                "export",
                "Write all entries, the oldest first, one a line as JSON.",
                this::export,
                with(option("--output", "FILE", "Where to. Default: the terminal.")));
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

    private static OptionSpec[] with(OptionSpec more) {
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

    private static AuditApi.Search search(ParseResult words, boolean ascending, long max, String token) {
        return new AuditApi.Search(
                given(words, "--actor"),
                given(words, "--action"),
                given(words, "--model"),
                given(words, "--subject"),
                moment(words, SINCE),
                moment(words, UNTIL),
                ascending,
                max,
                token);
    }

    /** @return milliseconds since 1970, or null when nothing is said */
    private static Long moment(ParseResult words, String option) {
        String text = given(words, option);
        if (text == null) {
            return null;
        }
        try {
            return Instant.parse(text.contains("T") ? text : text + "T00:00:00Z")
                    .toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new MisuseException(option
                    + " must be a day or a moment, such as 2026-11-25 or 2026-11-25T08:30:00Z (got '" + text + "')");
        }
    }

    private int tail(Remote server, ParseResult words) {
        long n = RemoteCommands.number(words.matchedOptionValue("-n", "20"), "-n");
        var found = server.call(AuditApi.SEARCH, search(words, false, n, null));
        commands.answer(words, found, () -> {
            Table table = new Table("SEQ", "TIME (UTC)", "WHO", "ACTION", "WHAT", "BEFORE", "AFTER");
            found.entries()
                    .reversed()
                    .forEach(e -> table.row(
                            e.seq(), time(e.at()), e.actor(), e.action(), e.subject(), e.before(), e.after()));
            table.print(console.out(), console.paint());
        });
        return Cli.OK;
    }

    private int export(Remote server, ParseResult words) throws IOException {
        String file = given(words, "--output");
        AuditApi.Head end = server.call(AuditApi.HEAD, new Empty());
        if (file == null) {
            each(server, words, entry -> console.out().println(json.line(entry)));
        } else {
            try (PrintStream out =
                    new PrintStream(Files.newOutputStream(Path.of(file)), false, StandardCharsets.UTF_8)) {
                each(server, words, entry -> out.println(json.line(entry)));
                if (out.checkError()) {
                    throw new IOException(file + " could not be written");
                }
            }
        }
        console.err()
                .println("The log ended at " + anchor(end) + ": note it elsewhere, for 'kiroku audit verify " + EXPECT
                        + "'.");
        return Cli.OK;
    }

    private static void each(Remote server, ParseResult words, Consumer<AuditEntry> to) {
        String token = null;
        do {
            var page = server.call(
                    AuditApi.SEARCH,
                    words == null
                            ? new AuditApi.Search(null, null, null, null, null, null, true, PAGE, token)
                            : search(words, true, PAGE, token));
            page.entries().forEach(to);
            token = page.nextPageToken();
        } while (token != null);
    }

    /** What was found. @param head where the log ends, as COUNT:HASH */
    public record Verdict(Boolean whole, Long entries, String head, List<String> problems) {}

    private int verify(Remote server, ParseResult words) throws IOException {
        var verification = new Verification();
        if (given(words, EXPECT) != null) {
            verification.expect(anchor(given(words, EXPECT)), EXPECT);
        }
        if (given(words, FILE) == null) {
            verification.expect(server.call(AuditApi.HEAD, new Empty()), "the log's end");
            each(server, null, verification::take);
        } else {
            Path file = Path.of(given(words, FILE));
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    verification.take(json.parse(line, AuditEntry.class));
                }
            } catch (NoSuchFileException e) {
                throw new MisuseException("there is no file " + file);
            }
        }
        List<String> problems = verification.finish();
        var verdict = new Verdict(problems.isEmpty(), verification.end().count(), anchor(verification.end()), problems);
        commands.answer(words, verdict, () -> {
            problems.forEach(problem -> commands.say("PROBLEM  " + problem));
            commands.say(
                    problems.isEmpty()
                            ? "The log is whole: " + verdict.entries() + " entries. It ends at " + verdict.head()
                            : "The log is not whole: " + problems.size() + " problems in " + verdict.entries()
                                    + " entries.");
        });
        return problems.isEmpty() ? Cli.OK : Cli.FAILED;
    }

    private static String anchor(AuditApi.Head head) {
        return head.count() + ":" + head.hash();
    }

    private static AuditApi.Head anchor(String text) {
        if (!text.matches("\\d{1,18}:[0-9a-f]{64}")) {
            throw new MisuseException(EXPECT + " must be a count and a hash, as 'kiroku audit verify' shows them");
        }
        int colon = text.indexOf(':');
        return new AuditApi.Head(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
    }
}
