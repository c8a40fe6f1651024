package dev.kiroku.cli.command;

import dev.kiroku.cli.config.AuthMode;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.SecretMasker;
import dev.kiroku.model.tls.PemFile;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** The lines that the server prints when it has started. */
final class StartupBanner {
    private StartupBanner() {}

    /** Returns the lines. @param port the port that the server listens on */
    static List<String> lines(KirokuConfig config, int port) {
        String url = url(config, port);
        List<String> lines = new ArrayList<>();
        lines.add("Kiroku " + ProgramVersion.current() + " serves on " + url);
        if (config.mlflowUi() != null) {
            lines.add("  web UI     MLflow's at " + url + "/ (" + config.mlflowUi() + "), Kiroku's at " + url
                    + "/kiroku/");
        }
        if (!config.artifactsOnly()) {
            lines.add("  database   " + config.backendStore());
        }
        lines.add("  artifacts  " + SecretMasker.mask(artifacts(config)));
        lines.add("  security   " + security(config));
        lines.add("  client     export MLFLOW_TRACKING_URI=" + url);
        if (!config.isLoopbackOnly() && config.authentication().allowsAnonymous()) {
            lines.add("WARNING: other machines can connect, and --auth is OFF: every client that reaches port " + port
                    + " can read and change everything.");
            lines.add(
                    "WARNING: start with --auth BASIC ('kiroku users add NAME' adds users), with --auth OIDC, or with --auth PROXY behind a"
                            + " proxy that authenticates users.");
        }
        return lines;
    }

    /** Returns a URL that works on this machine. */
    private static String url(KirokuConfig config, int port) {
        String host = switch (config.host()) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "[::1]";
            case String address when address.contains(":") -> "[" + address + "]";
            case String name -> name;
        };
        return (config.tls() == null ? "http://" : "https://") + host + ":" + port + config.staticPrefix();
    }

    /** Returns who may connect: how callers authenticate, whether connections are encrypted, and the accepted Host headers. */
    private static String security(KirokuConfig config) {
        String users = config.auth() == AuthMode.OFF ? "no sign-in (--auth OFF)" : "sign-in " + config.auth();
        String tls = config.tls() == null
                ? "no TLS"
                : "TLS with a certificate until "
                        + LocalDate.ofInstant(
                                new PemFile(config.tls().files().certificate())
                                        .certificates()
                                        .getFirst()
                                        .getNotAfter()
                                        .toInstant(),
                                ZoneOffset.UTC);
        String hosts = config.securityDisabled()
                ? "any"
                : config.allowedHosts() == null
                        ? "localhost and private addresses"
                        : String.join(", ", config.allowedHosts());
        return users + "; " + tls + "; hosts: " + hosts;
    }

    private static String artifacts(KirokuConfig config) {
        String root = config.defaultArtifactRoot();
        return config.serveArtifacts() && root.matches("(?i)(mlflow-artifacts|https?):.*")
                ? config.artifactsDestination() + " (through this server)"
                : root + " (clients access it directly)";
    }
}
