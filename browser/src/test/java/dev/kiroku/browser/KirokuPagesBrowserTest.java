package dev.kiroku.browser;

import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.model.api.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        try (RunningServer full = run.startServer("full", Map.of());
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
                            "KIROKU_URL", "http://127.0.0.1:" + full.port(),
                            "KIROKU_EMPTY_URL", "http://127.0.0.1:" + empty.port() + "/team/kiroku",
                            "KIROKU_GOVERNED_URL", "http://127.0.0.1:" + governed.port(),
                            "KIROKU_SSO_URL", "http://127.0.0.1:" + sso.port(),
                            "PASSWORD", BrowserTestEnvironment.PASSWORD));
        } finally {
            provider.shutdown();
        }
    }
}
