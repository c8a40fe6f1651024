package dev.kiroku.cli.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.config.LogLevel;
import java.io.ByteArrayOutputStream;
import java.lang.ref.WeakReference;
import java.net.BindException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

public class LoggingTest {
    private final ByteArrayOutputStream stream = new ByteArrayOutputStream();

    @Test
    void recordIsASingleLine() {
        LogRecord entry = new LogRecord(Level.WARNING, "first\r\n2026-11-24T15:50:00Z ERROR forged\u001b[31m\u2028x");
        entry.setLoggerName("dev.kiroku.server.Wire");
        entry.setInstant(Instant.parse("2026-11-24T15:50:00.123Z"));
        assertEquals(
                "2026-11-24T15:50:00.123Z WARNING Wire: first 2026-11-24T15:50:00Z ERROR forged [31m x\n",
                new Logging.SingleLineFormatter().format(entry));
    }

    @Test
    void exceptionIsLoggedWithCausesAndFramesOnTheSameLine() {
        LogRecord entry = new LogRecord(Level.SEVERE, "failed");
        entry.setThrown(new IllegalStateException("above", new IllegalArgumentException("below\nline")));
        String line = new Logging.SingleLineFormatter().format(entry);
        assertTrue(
                line.contains(
                        "ERROR -: failed | java.lang.IllegalStateException: above < dev.kiroku.cli.logging.LoggingTest"),
                line);
        assertTrue(line.contains("| caused by java.lang.IllegalArgumentException: below line <"), line);
        assertEquals(1, line.lines().count());
    }

    @Test
    void masksPasswordsInExceptions() {
        LogRecord entry = new LogRecord(Level.INFO, "connecting to postgresql://ann:hunter2@db/runs");
        entry.setThrown(new IllegalStateException("jdbc:postgresql://db/runs?user=ann&password=hunter2"));
        assertFalse(new Logging.SingleLineFormatter().format(entry).contains("hunter2"));
    }

    @Test
    void appliesLevelAndLimitsLibraries() {
        Logging.start(LogLevel.INFO, stream);
        LoggerFactory.getLogger("dev.kiroku.Some").info("seen");
        LoggerFactory.getLogger("dev.kiroku.Some").debug("unseen");
        LoggerFactory.getLogger("com.zaxxer.hikari.pool").info("unseen");
        LoggerFactory.getLogger("com.zaxxer.hikari.pool").warn("seen too");
        Logging.start(LogLevel.DEBUG, stream);
        LoggerFactory.getLogger("dev.kiroku.Some").debug("seen three");
        assertEquals(
                List.of("INFO Some: seen", "WARNING pool: seen too", "DEBUG Some: seen three"),
                stream.toString(StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> line.substring(line.indexOf(' ') + 1))
                        .toList());
    }

    @Test
    void levelsOutliveGarbageCollection() throws InterruptedException {
        Logging.start(LogLevel.INFO, stream);
        WeakReference<Object> collected = new WeakReference<>(new Object());
        while (collected.get() != null) {
            System.gc();
            Thread.sleep(1);
        }
        LoggerFactory.getLogger("io.helidon.webserver.ServerListener").info("unseen");
        assertEquals("", stream.toString(StandardCharsets.UTF_8));
    }

    /** The listener of a server that is stopped before it accepts its first connection logs the closed socket as an error. */
    @Test
    void stopIsNotAnError() {
        Logging.start(LogLevel.INFO, stream);
        LoggerFactory.getLogger("io.helidon.webserver.ServerListener").error("socket", new ClosedChannelException());
        LoggerFactory.getLogger("io.helidon.webserver.ServerListener")
                .error("rejected", new RejectedExecutionException());
        assertEquals("", stream.toString(StandardCharsets.UTF_8));
        LoggerFactory.getLogger("io.helidon.webserver.ServerListener").error("bind", new BindException());
        assertTrue(stream.toString(StandardCharsets.UTF_8).contains("bind"));
    }
}
