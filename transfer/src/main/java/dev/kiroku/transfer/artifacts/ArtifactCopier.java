package dev.kiroku.transfer.artifacts;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.ArtifactFolder;
import dev.kiroku.transfer.source.ArtifactFolder.ArtifactFile;
import dev.kiroku.transfer.source.ArtifactSource;
import dev.kiroku.transfer.source.files.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Copies artifacts, several files at once, each as a stream. A file that has its size at the destination already is left; after a copy, what the
 * destination has is read and its digest compared. Files that cannot be read are reported; a destination that cannot be written ends everything.
 */
public final class ArtifactCopier implements AutoCloseable {
    /** How much is done with the files. */
    public enum Mode {
        COPY,
        /** Nothing is written: counts what would be copied. */
        COUNT,
        /** Nothing is written: compares the contents. */
        COMPARE
    }

    private static final int MAX_FILES = 8;
    private static final int MAX_LOCATIONS = 16;
    private static final int MAX_ATTEMPTS = 3;
    private static final int MAX_PAUSES = 8;
    private static final long FIRST_PAUSE_MILLIS = 250;

    private final ArtifactSource source;
    private final ArtifactStores destination;
    private final Mode mode;
    private final CopyProgress progress;
    /** The verb of problems. */
    private final String notDone;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore files = new Semaphore(MAX_FILES);
    private final Semaphore locations = new Semaphore(MAX_LOCATIONS);
    private final AtomicLong copiedFiles = new AtomicLong();
    private final AtomicLong copiedBytes = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong presentFiles = new AtomicLong();
    private final Problems problems = new Problems();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final List<Future<?>> running = new ArrayList<>();

    /** @param destination where the artifacts go */
    public ArtifactCopier(ArtifactSource source, ArtifactStores destination, Mode mode, CopyProgress progress) {
        this.source = source;
        this.destination = destination;
        this.mode = mode;
        this.progress = progress;
        this.notDone = mode == Mode.COMPARE ? " cannot be compared: " : " cannot be copied: ";
    }

    /** The copy of one location. */
    public static final class Copy {
        private volatile boolean complete;
        private final AtomicLong found = new AtomicLong();

        /** Returns whether the source could be listed, and no copy was stopped. Files that could not be read are reported apart from that. */
        public boolean isComplete() {
            return complete;
        }

        /** Returns the number of files that the source has. */
        public long found() {
            return found.get();
        }
    }

    /** Thrown within a copy to stop it. */
    private static final class Cancellation extends RuntimeException {
        private static final long serialVersionUID = 1;

        Cancellation() {
            super("cancelled", null, false, false);
        }
    }

    /**
     * Begins to copy a location; waits while many are under way.
     *
     * @param record that has it, for messages, such as {@code run 0123…}
     * @param from the URI in the source
     * @param to the URI at the destination
     * @throws KirokuException if the destination could not be written
     */
    public Copy start(String record, String from, String to) {
        throwFailure();
        ArtifactStores.Location target = destination.resolve(to);
        Copy copy = new Copy();
        running.removeIf(Future::isDone);
        running.add(submit(locations, () -> copy(record, from, target, copy)));
        return copy;
    }

    /** Runs a task when a permit is free. A defect ends everything. */
    private Future<?> submit(Semaphore permits, Runnable task) {
        permits.acquireUninterruptibly();
        return executor.submit(() -> {
            try {
                task.run();
            } catch (Cancellation e) {
                // What was not complete is not visible.
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
            } finally {
                permits.release();
            }
        });
    }

    private void copy(String record, String from, ArtifactStores.Location target, Copy copy) {
        List<Future<?>> copies = new ArrayList<>();
        try {
            boolean mayExist = !target.store().list(target.path()).isEmpty();
            copy.complete = list(record, from, copy, file -> {
                copies.removeIf(Future::isDone);
                copies.add(submit(files, () -> handle(record, from, file, target, mayExist)));
            });
        } catch (IOException | KirokuException e) {
            fail("The folder of " + record, e);
        } finally {
            copies.forEach(ArtifactCopier::await);
        }
        if (failure.get() != null || progress.isCancelled()) {
            copy.complete = false;
        }
    }

    /** Passes the files of a location; returns whether it could be listed. */
    private boolean list(String record, String from, Copy copy, Consumer<ArtifactFile> consumer) {
        try {
            source.list(from, new ArtifactFolder.Visitor() {
                @Override
                public void visit(ArtifactFile file) {
                    requireNotCancelled();
                    copy.found.incrementAndGet();
                    consumer.accept(file);
                }

                @Override
                public void leaveOut(String name, String reason) {
                    report("Of " + record + ", " + name + notDone + withFullStop(reason));
                }
            });
            return true;
        } catch (IOException | UncheckedIOException | KirokuException e) {
            report("Artifacts of " + record + notDone + message(e));
            return false;
        }
    }

    private void handle(
            String record, String from, ArtifactFile file, ArtifactStores.Location target, boolean mayExist) {
        if (failure.get() != null || progress.isCancelled()) {
            return;
        }
        ArtifactPath to = target.path().resolve(file.path());
        String what = file.path().value() + " of " + record;
        try {
            Optional<ArtifactStore.Stat> stat = mayExist ? target.store().stat(to) : Optional.empty();
            boolean present = stat.isPresent() && stat.get().size() == file.size();
            switch (mode) {
                case COMPARE -> compare(what, from, file, target.store(), to, stat);
                case COUNT -> count(file, present);
                case COPY -> {
                    if (present) {
                        presentFiles.incrementAndGet();
                    } else {
                        write(what, from, file, target.store(), to);
                    }
                }
            }
        } catch (SourceFailure e) {
            report(what + notDone + message(e.cause));
        } catch (IOException | KirokuException e) {
            fail(what, e);
        }
    }

    private void count(ArtifactFile file, boolean present) {
        if (present) {
            presentFiles.incrementAndGet();
        } else {
            copiedFiles.incrementAndGet();
            copiedBytes.addAndGet(file.size());
        }
    }

    /** Writes a file; repeats that for about a minute while the destination is away. */
    private void write(String what, String from, ArtifactFile file, ArtifactStore store, ArtifactPath to)
            throws IOException {
        for (int attempt = 0; ; attempt++) {
            try {
                writeOnce(what, from, file, store, to);
                return;
            } catch (UnavailableException e) {
                if (attempt == MAX_PAUSES) {
                    throw e;
                }
                pause(FIRST_PAUSE_MILLIS << attempt);
            }
        }
    }

    /** Waits, unless everything is to end. */
    private void pause(long millis) {
        for (long left = millis; left > 0; left -= FIRST_PAUSE_MILLIS) {
            requireNotCancelled();
            try {
                Thread.sleep(FIRST_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Cancellation();
            }
        }
    }

    private void writeOnce(String what, String from, ArtifactFile file, ArtifactStore store, ArtifactPath to)
            throws IOException {
        for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
            try (DigestedStream content = open(from, file)) {
                if (copied(content, store, to, file.size())) {
                    copiedFiles.incrementAndGet();
                    copiedBytes.addAndGet(content.count());
                    progress.onCopied(copiedFiles.get(), readBytes.get());
                    return;
                }
            } catch (SourceFailure e) {
                if (attempt == MAX_ATTEMPTS || !(e.cause instanceof IOException)) {
                    throw e;
                }
            }
        }
        store.delete(to);
        report(what + notDone + "what the destination has afterwards has another digest.");
    }

    private DigestedStream open(String from, ArtifactFile file) throws SourceFailure {
        try {
            return new DigestedStream(source.open(from, file.path()), file.size(), this::onRead);
        } catch (IOException | UncheckedIOException | KirokuException e) {
            throw new SourceFailure(e);
        }
    }

    /** A failure to read, as distinct from one to write. */
    private static final class SourceFailure extends IOException {
        private static final long serialVersionUID = 1;

        private final transient Exception cause;

        SourceFailure(Exception cause) {
            super(cause);
            this.cause = cause;
        }
    }

    /** Writes a file; returns whether the destination has the same content afterwards. */
    private static boolean copied(DigestedStream content, ArtifactStore store, ArtifactPath to, long length)
            throws IOException {
        try {
            store.write(to, content, length);
        } catch (IOException | KirokuException e) {
            // The exception of the destination may name another reason, such as a broken connection.
            Exception failure = content.failure();
            if (failure instanceof Cancellation cancellation) {
                throw cancellation;
            }
            if (failure != null) {
                throw new SourceFailure(failure);
            }
            throw e;
        }
        Optional<ArtifactStore.Stat> stat = store.stat(to);
        return stat.isPresent()
                && stat.get().size() == content.count()
                && content.digest().equals(digest(store, to, stat.get()));
    }

    private static String digest(ArtifactStore store, ArtifactPath file, ArtifactStore.Stat stat) throws IOException {
        try (InputStream in = store.read(file, stat, 0, stat.size());
                DigestedStream content = new DigestedStream(in, stat.size(), _ -> {})) {
            return content.digestAll();
        }
    }

    private void compare(
            String what,
            String from,
            ArtifactFile file,
            ArtifactStore store,
            ArtifactPath to,
            Optional<ArtifactStore.Stat> stat)
            throws IOException {
        if (stat.isEmpty()) {
            report(what + " is missing.");
        } else if (stat.get().size() != file.size()) {
            report("%s has %,d bytes in the source, %,d here."
                    .formatted(what, file.size(), stat.get().size()));
        } else {
            String expected;
            try (DigestedStream content = open(from, file)) {
                expected = content.digestAll();
            }
            presentFiles.incrementAndGet();
            if (!expected.equals(digest(store, to, stat.get()))) {
                report(what + " has another digest than in the source.");
            }
        }
    }

    private void onRead(long bytes) {
        requireNotCancelled();
        progress.onCopied(copiedFiles.get(), readBytes.addAndGet(bytes));
    }

    private void requireNotCancelled() {
        if (failure.get() != null || progress.isCancelled()) {
            throw new Cancellation();
        }
    }

    /** Reports a file that the destination refuses; ends everything if the destination is not usable. */
    private void fail(String what, Exception e) {
        boolean refused = e instanceof KirokuException known && known.code() == ErrorCode.INVALID_PARAMETER_VALUE;
        if (refused || mode == Mode.COMPARE) {
            report(what + notDone + message(e));
        } else {
            failure.compareAndSet(
                    null,
                    new KirokuException(
                            ErrorCode.TEMPORARILY_UNAVAILABLE,
                            "%s cannot be copied: %s Nothing of it is visible; run the command again to go on."
                                    .formatted(what, message(e)),
                            e));
        }
    }

    private static String message(Exception e) {
        String message = e instanceof IOException io && io.getMessage() == null
                ? e.getClass().getSimpleName()
                : String.valueOf(e.getMessage());
        return withFullStop(message);
    }

    private static String withFullStop(String message) {
        return message.endsWith(".") ? message : message + ".";
    }

    private void report(String problem) {
        synchronized (problems) {
            problems.add(problem);
        }
    }

    private static void await(Future<?> task) {
        try {
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Waits until everything that was started is done.
     *
     * @throws KirokuException if the destination could not be written
     */
    public void await() {
        running.forEach(ArtifactCopier::await);
        running.clear();
        throwFailure();
    }

    private void throwFailure() {
        RuntimeException before = failure.get();
        if (before != null) {
            throw before;
        }
    }

    /** Returns what was done so far. */
    public CopySummary summary() {
        synchronized (problems) {
            return new CopySummary(copiedFiles.get(), copiedBytes.get(), presentFiles.get(), problems.all());
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
