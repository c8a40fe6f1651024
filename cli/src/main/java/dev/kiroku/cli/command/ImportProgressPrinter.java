package dev.kiroku.cli.command;

import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.transfer.ImportProgress;
import dev.kiroku.transfer.source.Inventory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints the progress of an import: a line that changes on a terminal, otherwise a line every 10 seconds. Cancels the import when the process is
 * told to end, and gives it time to finish the current batch.
 */
final class ImportProgressPrinter implements ImportProgress, AutoCloseable {
    private static final long TERMINAL_INTERVAL_NANOS = 200_000_000L;
    private static final long LINE_INTERVAL_NANOS = 10_000_000_000L;
    private static final long STOP_SECONDS = 30;

    private final CommandContext context;
    private long start = System.nanoTime();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch cancellation = new CountDownLatch(1);
    private final Thread hook = new Thread(this::cancel, "import-stop");
    private Inventory inventory = new Inventory(Map.of(), List.of());
    private long nextPrint;
    private boolean lineOpen;

    ImportProgressPrinter(CommandContext context) {
        this.context = context;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void cancel() {
        cancellation.countDown();
        try {
            if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
                context.err()
                        .println(
                                "Stopped in the middle of a batch, which is not written. Run the command again to go on.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isCancelled() {
        return cancellation.getCount() == 0;
    }

    @Override
    public void onStart(String source, Inventory counted) {
        inventory = counted;
        context.err()
                .println(source
                        + (counted.counts().isEmpty() ? "" : ": ")
                        + Stream.of(RecordKind.EXPERIMENT, RecordKind.RUN, RecordKind.METRIC_POINT)
                                .filter(counted.counts()::containsKey)
                                .map(kind -> "%,d %s".formatted(counted.count(kind), kind.plural()))
                                .collect(Collectors.joining(", ")));
    }

    @Override
    public synchronized void onBatch(long runs, long points) {
        if (isDue()) {
            double seconds = seconds();
            print("%s runs, %s points, %,.0f points/s%s"
                    .formatted(
                            ofAll(runs, RecordKind.RUN),
                            ofAll(points, RecordKind.METRIC_POINT),
                            points / seconds,
                            timeLeft(runs, points, seconds)));
        }
    }

    /** Called before artifacts are copied. */
    synchronized void startCopies() {
        end();
        start = System.nanoTime();
        nextPrint = 0;
    }

    @Override
    public synchronized void onCopied(long files, long bytes) {
        if (isDue()) {
            print("%,d files, %s, %s/s"
                    .formatted(files, ImportReport.bytes(bytes), ImportReport.bytes((long) (bytes / seconds()))));
        }
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    private boolean isDue() {
        long now = System.nanoTime();
        boolean first = nextPrint == 0;
        if (!first && now < nextPrint) {
            return false;
        }
        nextPrint = now + (context.terminal() == null ? LINE_INTERVAL_NANOS : TERMINAL_INTERVAL_NANOS);
        return !first || context.terminal() != null;
    }

    private void print(String line) {
        if (context.terminal() == null) {
            context.err().println(line);
        } else {
            context.err().print("\r" + line + "\u001b[K");
            context.err().flush();
            lineOpen = true;
        }
    }

    private String ofAll(long done, RecordKind kind) {
        return inventory.counts().containsKey(kind)
                ? "%,d of %,d".formatted(done, inventory.count(kind))
                : "%,d".formatted(done);
    }

    private String timeLeft(long runs, long points, double seconds) {
        long total = inventory.count(RecordKind.RUN) + inventory.count(RecordKind.METRIC_POINT);
        long done = runs + points;
        if (done == 0 || done > total) {
            return "";
        }
        long left = Math.round(seconds * (total - done) / done);
        return left < 60 ? ", %d s left".formatted(left) : ", %d min %d s left".formatted(left / 60, left % 60);
    }

    /** Waits; returns false at once if the process is told to end. */
    boolean waitUnlessCancelled(long seconds) {
        try {
            return !cancellation.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends the line that changes. */
    synchronized void end() {
        if (lineOpen) {
            context.err().println();
            lineOpen = false;
        }
    }

    @Override
    public void close() {
        end();
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook is running.
        }
    }
}
