package dev.kiroku.browser;

import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.model.api.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code ui/test/access.test.mjs} in Chromium against a server with authentication: an administrator, an owner, a reader and a stranger. */
class AccessPagesBrowserTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(600)
    void pagesShowWhatEachPersonMayDo() throws Exception {
        BrowserTestEnvironment run = new BrowserTestEnvironment(folder);
        run.addUsers(
                "access",
                Map.of(
                        "root",
                        List.of(Caller.ADMINS),
                        "owner",
                        List.of(),
                        "reader",
                        List.of("readers"),
                        "stranger",
                        List.of()));
        try (RunningServer server = run.startServer("access", Map.of("auth", "BASIC", "default-permission", "READ"));
                RunningServer open = run.startServer("open", Map.of())) {
            run.runTestFile(
                    "access.test.mjs",
                    Map.of(
                            "KIROKU_URL", "http://127.0.0.1:" + server.port(),
                            "KIROKU_OPEN_URL", "http://127.0.0.1:" + open.port(),
                            "PASSWORD", BrowserTestEnvironment.PASSWORD));
        }
    }
}
