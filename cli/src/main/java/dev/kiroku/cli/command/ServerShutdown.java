package dev.kiroku.cli.command;

import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.cli.wiring.RunningServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Closes a server when the process is terminated. */
final class ServerShutdown {
    /** The time to close what a server uses, beside that for requests in progress. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private ServerShutdown() {}

    /**
     * Registers a shutdown hook, which runs on SIGTERM or Ctrl-C, that closes the server and sets the exit status. If closing takes longer than
     * its limit, for example since a statement of the database does not end, the process ends as if it were killed: its stores are made for
     * that.
     *
     * @param gracePeriod the time for requests in progress
     */
    static void closeOnTermination(RunningServer server, Duration gracePeriod, PrintStream err) {
        Duration limit = gracePeriod.plus(CLOSE_LIMIT);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            Thread.ofPlatform().daemon().name("stop-limit").start(() -> haltAfter(limit, err));
                            close(server, err);
                        },
                        "stop"));
    }

    private static void haltAfter(Duration limit, PrintStream err) {
        try {
            Thread.sleep(limit);
        } catch (InterruptedException e) {
            return; // nobody interrupts it
        }
        err.println("Stopped, but not cleanly: closing took longer than " + limit.toSeconds() + " seconds.");
        Runtime.getRuntime().halt(ExitStatus.FAILURE);
    }

    private static void close(RunningServer server, PrintStream err) {
        err.println("Stopping: finishing the requests in flight.");
        int status = ExitStatus.SUCCESS;
        try {
            server.close();
            err.println("Stopped.");
        } catch (IllegalStateException e) {
            err.println("Stopped, but not cleanly: "
                    + SecretMasker.mask(List.of(e.getSuppressed()).toString()));
            status = ExitStatus.FAILURE;
        }
        Runtime.getRuntime().halt(status); // a shutdown hook can set the exit status in no other way
    }
}
