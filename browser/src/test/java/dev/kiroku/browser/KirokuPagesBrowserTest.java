package dev.kiroku.browser;

import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.model.api.Caller;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code ui/test/pages.test.mjs} in Chromium against four servers: one with data, one without data below a prefix, one with
 * authentication, and one whose users sign in at an OpenID provider.
 */
class KirokuPagesBrowserTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(600)
    void pagesWorkInABrowser() throws Exception {
        BrowserTestEnvironment run = new BrowserTestEnvironment(folder);
        run.addUsers("governed", Map.of("ann", List.of(), "bob", List.of(Caller.ADMINS)));
        MockOAuth2Server provider =
                new MockOAuth2Server(OAuth2Config.Companion.fromJson("{\"interactiveLogin\": true}"));
        provider.start();
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path mlflow = sources.resolve("mlflow.db");
        try (var in = new GZIPInputStream(
                Files.newInputStream(Path.of("../transfer/src/test/resources/mlflow/mlflow-3.17.2.db.gz")))) {
            Files.copy(in, mlflow);
        }
        String slow = "http://127.0.0.1:" + freePort();
        try (RunningServer full = run.startServer("full", Map.of("import-sources", sources + "," + slow));
                RunningServer empty = run.startServer("empty", Map.of("static-prefix", "/team/kiroku"));
                RunningServer governed = run.startServer("governed", Map.of("auth", "BASIC"));
                RunningServer sso = run.startServer(
                        "sso",
                        Map.of(
                                "auth",
                                "OIDC",
                                "oidc-issuer",
                                provider.issuerUrl("realm").toString(),
                                "oidc-client-id",
                                "kiroku",
                                "oidc-client-secret",
                                "secret",
                                "oidc-admin-group",
                                "platform"))) {
            run.runTestFile(
                    "pages.test.mjs",
                    Map.of(
                            "KIROKU_IMPORT_SOURCE", "sqlite:///" + mlflow,
                            "KIROKU_SLOW_SOURCE", slow,
                            "KIROKU_URL", "http://127.0.0.1:" + full.port(),
                            "KIROKU_EMPTY_URL", "http://127.0.0.1:" + empty.port() + "/team/kiroku",
                            "KIROKU_GOVERNED_URL", "http://127.0.0.1:" + governed.port(),
                            "KIROKU_SSO_URL", "http://127.0.0.1:" + sso.port(),
                            "PASSWORD", BrowserTestEnvironment.PASSWORD));
        } finally {
            provider.shutdown();
        }
    }

    /** Returns a port on which the tests start a server of their own. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
