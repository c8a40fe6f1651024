package dev.kiroku.cli.command;

import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.SecretMasker;
import java.util.ArrayList;
import java.util.List;

/** The few lines that a person sees when the server is up. */
final class StartupBanner {
    private StartupBanner() {}

    static List<String> lines(KirokuConfig config, int port) {
        String url = url(config, port);
        List<String> lines = new ArrayList<>();
        lines.add("Kiroku " + ProgramVersion.current() + " serves on " + url);
        if (config.mlflowUi() != null) {
            lines.add("  pages      MLflow's own at " + url + "/ (" + config.mlflowUi() + "), Kiroku's at " + url
                    + "/kiroku/");
        }
        if (!config.artifactsOnly()) {
            lines.add("  records    " + config.backendStore());
        }
        lines.add("  artifacts  " + SecretMasker.mask(artifacts(config)));
        lines.add("  client     export MLFLOW_TRACKING_URI=" + url);
        if (!config.isLoopbackOnly() && config.authentication().allowsAnonymous()) {
            lines.add("WARNING: listening beyond this machine without --auth: whoever reaches port " + port
                    + " can read and change everything.");
            lines.add(
                    "WARNING: start with --auth BASIC ('kiroku users add NAME' makes users), or with --auth PROXY behind a proxy that signs"
                            + " people in.");
        }
        return lines;
    }

    /** An address that works on this machine. */
    private static String url(KirokuConfig config, int port) {
        String host = switch (config.host()) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "[::1]";
            case String address when address.contains(":") -> "[" + address + "]";
            case String name -> name;
        };
        return "http://" + host + ":" + port + config.staticPrefix();
    }

    private static String artifacts(KirokuConfig config) {
        String root = config.defaultArtifactRoot();
        return config.serveArtifacts() && root.startsWith("mlflow-artifacts:")
                ? config.artifactsDestination() + " (through this server)"
                : root + " (clients go there themselves)";
    }
}
