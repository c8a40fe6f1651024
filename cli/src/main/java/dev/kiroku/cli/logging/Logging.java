package dev.kiroku.cli.logging;

import dev.kiroku.cli.config.LogLevel;
import dev.kiroku.cli.config.SecretMasker;
import java.io.OutputStream;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;

/** Configures {@code java.util.logging}: one line for each record, with passwords masked. */
public final class Logging {
    /** Libraries whose INFO records matter only for debugging. */
    private static final List<String> NOISY_LOGGERS = List.of(
            "com.zaxxer.hikari",
            "org.flywaydb",
            "io.helidon",
            "software.amazon.awssdk",
            "org.apache.hc",
            "org.postgresql");

    /** Logs a stack trace if the port is in use; {@code KirokuServer} reports that in one line. */
    private static final String STARTER = "io.helidon.webserver.LoomServer";

    private Logging() {}

    /** Replaces the previous configuration. */
    public static void start(LogLevel level, OutputStream stream) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        List<Logger> quieted = Stream.concat(NOISY_LOGGERS.stream(), Stream.of(STARTER))
                .map(Logger::getLogger)
                .toList();
        quieted.forEach(logger -> logger.setLevel(level == LogLevel.ERROR ? Level.SEVERE : Level.WARNING));
        quieted.getLast().setLevel(Level.OFF);
        Handler handler = new FlushingHandler(stream, quieted);
        handler.setLevel(Level.ALL);
        handler.setFilter(entry -> !tellsOfStop(entry.getThrown()));
        root.addHandler(handler);
        root.setLevel(julLevel(level));
    }

    /** Returns false for null. A connection that arrives while the server stops is rejected, and a server that stops at once closes the socket on which it waits. */
    private static boolean tellsOfStop(Throwable thrown) {
        return thrown instanceof RejectedExecutionException || thrown instanceof ClosedChannelException;
    }

    private static Level julLevel(LogLevel level) {
        return switch (level) {
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
        };
    }

    private static final class FlushingHandler extends StreamHandler {
        /** The loggers whose levels were set: the log manager holds them weakly, and their levels would be lost with them. */
        @SuppressWarnings("unused")
        private final List<Logger> configured;

        FlushingHandler(OutputStream stream, List<Logger> configured) {
            super(stream, new SingleLineFormatter());
            this.configured = configured;
        }

        @Override
        public void publish(LogRecord entry) {
            super.publish(entry);
            flush();
        }

        /** Only flushes: the log manager calls this at shutdown, when the stream is still in use. */
        @Override
        public void close() {
            flush();
        }
    }

    /**
     * Formats records as {@code 2026-11-24T15:50:00.123Z WARNING KirokuServer: message}. Control characters are replaced, so that a message
     * cannot forge a second record.
     */
    static final class SingleLineFormatter extends Formatter {
        private static final int FRAMES = 20;

        @Override
        public String format(LogRecord entry) {
            StringBuilder line = new StringBuilder()
                    .append(entry.getInstant())
                    .append(' ')
                    .append(name(entry.getLevel()))
                    .append(' ')
                    .append(
                            entry.getLoggerName() == null
                                    ? "-"
                                    : entry.getLoggerName().replaceAll(".*\\.", ""))
                    .append(": ")
                    .append(formatMessage(entry));
            for (Throwable thrown = entry.getThrown(); thrown != null; thrown = thrown.getCause()) {
                line.append(thrown == entry.getThrown() ? " | " : " | caused by ")
                        .append(thrown);
                StackTraceElement[] frames = thrown.getStackTrace();
                for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
                    line.append(" < ").append(frames[i]);
                }
            }
            return SecretMasker.mask(line.toString()).replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ")
                    + System.lineSeparator();
        }

        private static String name(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) {
                return "ERROR";
            }
            if (level.intValue() >= Level.WARNING.intValue()) {
                return "WARNING";
            }
            return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
        }
    }
}
