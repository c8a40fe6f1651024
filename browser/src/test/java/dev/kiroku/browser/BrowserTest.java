package dev.kiroku.browser;

import dev.kiroku.cli.Running;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code ui/test/pages.test.mjs}: a person's ways through the pages, in Chromium, against two servers, one of them below a prefix and
 * empty.
 */
class BrowserTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(600)
    void thePagesWorkInABrowser() throws Exception {
        BrowserRun run = new BrowserRun(folder);
        try (Running full = run.server("full", Map.of()); Running empty = run.server("empty", Map.of("static-prefix", "/team/kiroku"))) {
            run.pass("pages.test.mjs", Map.of(
                    "KIROKU_URL", "http://127.0.0.1:" + full.port(),
                    "KIROKU_EMPTY_URL", "http://127.0.0.1:" + empty.port() + "/team/kiroku"));
        }
    }
}
