package dev.kiroku.cli.command;

import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.cli.wiring.RunningServer;
import java.io.PrintStream;
import java.util.List;

/** Closes a server when the process is terminated. */
final class ServerShutdown {
    private ServerShutdown() {}

    /** Registers a shutdown hook, which runs on SIGTERM or Ctrl-C, that closes the server and sets the exit status. */
    static void closeOnTermination(RunningServer server, PrintStream err) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server, err), "stop"));
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
