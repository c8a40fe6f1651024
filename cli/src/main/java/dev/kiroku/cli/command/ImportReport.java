package dev.kiroku.cli.command;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.transfer.ImportSummary;
import dev.kiroku.transfer.RecordDifferences;
import dev.kiroku.transfer.SyncSummary;
import dev.kiroku.transfer.artifacts.CopySummary;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Prints what an import or export did: counts, what was left, what could not be read, and conflicts. */
record ImportReport(PrintStream out) {
    private static final int MAX_LISTED = 20;

    /** Prints the result of a comparison with a source. */
    void print(RecordDifferences differences, String source) {
        out.printf(
                "Compared %,d records with %s: %s%n",
                differences.compared(),
                source,
                differences.differences() == 0
                        ? "no differences."
                        : "%,d differences.".formatted(differences.differences()));
        differences.first().stream().limit(MAX_LISTED).forEach(line -> out.println("  " + line));
    }

    /**
     * Prints a summary.
     *
     * @param verb before the name of the source, such as {@code Imported from}
     * @param done whether something was written
     */
    void print(ImportSummary summary, String verb, boolean done) {
        out.println(verb + summary.source() + ":");
        for (RecordKind kind : RecordKind.values()) {
            TransferResult.Count count = summary.result().count(kind);
            if (count.added() + count.updated() + count.unchanged() > 0) {
                out.printf(
                        "  %-18s %,12d new%s%s%n",
                        kind.plural(),
                        count.added(),
                        count.updated() > 0 ? ", %,d changed".formatted(count.updated()) : "",
                        count.unchanged() > 0 ? ", %,d here already".formatted(count.unchanged()) : "");
            }
        }
        printList("Left in the source:", summary.left());
        printList("Could not be read, and were passed by:", summary.problems());
        printList(
                "Conflicts; these were not imported:",
                summary.result().conflicts().stream()
                        .map(TransferResult.Conflict::reason)
                        .toList());
        if (!summary.complete()) {
            out.println("Stopped. Run the command again to go on.");
        } else if (done) {
            out.printf("Done in %.1f s.%n", summary.duration().toMillis() / 1000.0);
        }
    }

    /** Prints what was sent to a server. */
    void print(SyncSummary summary, String verb, boolean cancelled) {
        print(summary.records(), verb, true);
        if (summary.artifacts() != null) {
            print(summary.artifacts(), false, !cancelled);
        }
    }

    /** Prints what an export wrote. */
    void print(Map<RecordKind, Long> counts, String target) {
        out.println("Exported to " + target + ":");
        counts.forEach((kind, number) -> out.printf("  %-18s %,12d%n", kind.plural(), number));
    }

    /** Prints what became of artifacts. */
    void print(CopySummary summary, boolean dryRun, boolean complete) {
        out.printf(
                "Artifacts: %,d files (%s) %s%s%n",
                summary.files(),
                bytes(summary.bytes()),
                dryRun ? "to copy" : "copied, their digests compared",
                summary.present() > 0 ? ", %,d here already".formatted(summary.present()) : "");
        printList("Artifacts that were not copied:", summary.problems());
        if (!complete) {
            out.println("Stopped. Run the command again to go on.");
        }
    }

    /** Prints the result of a comparison of artifacts. */
    void printComparison(CopySummary summary) {
        out.printf(
                "Compared %,d artifact files: %s%n",
                summary.present(),
                summary.isClean()
                        ? "no differences."
                        : "%,d differences.".formatted(summary.problems().size()));
        printList("Artifacts that differ:", summary.problems());
    }

    /** Returns a number of bytes, such as {@code 1.5 GiB}. */
    static String bytes(long bytes) {
        double value = bytes;
        for (String unit : List.of("bytes", "KiB", "MiB", "GiB")) {
            if (value < 1024) {
                return (unit.equals("bytes") ? "%,.0f %s" : "%,.1f %s").formatted(value, unit);
            }
            value /= 1024;
        }
        return "%,.1f TiB".formatted(value);
    }

    private void printList(String title, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        out.println(title);
        lines.stream().limit(MAX_LISTED).forEach(line -> out.println("  " + line));
        if (lines.size() > MAX_LISTED) {
            out.println("  … and " + (lines.size() - MAX_LISTED) + " more");
        }
    }
}
