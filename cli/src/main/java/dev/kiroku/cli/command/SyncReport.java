package dev.kiroku.cli.command;

import dev.kiroku.transfer.SyncSummary;
import dev.kiroku.transfer.artifacts.CopySummary;
import java.io.PrintStream;

/** Prints what was sent to a server. */
record SyncReport(PrintStream out) {
    private static final int MAX_LISTED = 20;

    /** Prints a summary. @param verb before the name of the source, such as {@code Sent from} */
    void print(SyncSummary summary, String verb) {
        CopySummary artifacts = summary.artifacts();
        if (artifacts != null) {
            out.printf(
                    "Artifacts: %,d files (%,d bytes) sent, their digests compared%s%n",
                    artifacts.files(),
                    artifacts.bytes(),
                    artifacts.present() > 0 ? ", %,d here already".formatted(artifacts.present()) : "");
            if (!artifacts.isClean()) {
                out.println("Artifacts that were not sent:");
                artifacts.problems().stream().limit(MAX_LISTED).forEach(line -> out.println("  " + line));
            }
        }
        new ImportReport(out).print(summary.records(), verb, true);
    }
}
