package dev.kiroku.cli.command;

import dev.kiroku.serving.source.ModelCache;
import java.io.PrintStream;

/** Prints the progress of a download: a bar on a terminal, otherwise one line at the end. Thread-safe. */
final class DownloadProgress implements ModelCache.DownloadListener {
    private static final int WIDTH = 30;
    private static final long UPDATE_INTERVAL_NANOS = 100_000_000;

    private final PrintStream out;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private long nextUpdate;

    DownloadProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void onProgress(String what, long done, long total) {
        boolean complete = done == total && total > 0;
        String name = what.replaceAll("//[^/@]*@", "//***@");
        if (!terminal) {
            if (complete) {
                out.printf("Downloaded %s (%.1f MiB)%n", name, total / 1048576.0);
            }
            return;
        }
        if (!complete && System.nanoTime() < nextUpdate) {
            return;
        }
        nextUpdate = System.nanoTime() + UPDATE_INTERVAL_NANOS;
        int filled = total == 0 ? 0 : (int) (WIDTH * done / total);
        out.printf(
                "\r%s [%s%s] %.1f of %.1f MiB%s",
                name,
                "#".repeat(filled),
                " ".repeat(WIDTH - filled),
                done / 1048576.0,
                total / 1048576.0,
                complete ? "\n" : "");
        out.flush();
    }
}
