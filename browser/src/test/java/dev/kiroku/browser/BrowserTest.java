package dev.kiroku.browser;

import dev.kiroku.cli.Running;
import dev.kiroku.model.api.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code ui/test/pages.test.mjs}: a person's ways through the pages, in Chromium, against three servers: one that is filled, one below a
 * prefix and empty, one where people sign in.
 */
class BrowserTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(600)
    void thePagesWorkInABrowser() throws Exception {
        BrowserRun run = new BrowserRun(folder);
        run.users("governed", Map.of("ann", List.of(), "bob", List.of(Caller.ADMINS)));
        try (Running full = run.server("full", Map.of());
                Running empty = run.server("empty", Map.of("static-prefix", "/team/kiroku"));
                Running governed = run.server("governed", Map.of("auth", "BASIC"))) {
            run.pass(
                    "pages.test.mjs",
                    Map.of(
                            "KIROKU_URL", "http://127.0.0.1:" + full.port(),
                            "KIROKU_EMPTY_URL", "http://127.0.0.1:" + empty.port() + "/team/kiroku",
                            "KIROKU_GOVERNED_URL", "http://127.0.0.1:" + governed.port(),
                            "PASSWORD", BrowserRun.PASSWORD));
        }
    }
}
