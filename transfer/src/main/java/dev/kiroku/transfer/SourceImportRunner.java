package dev.kiroku.transfer;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.client.ClientSettings;
import dev.kiroku.core.transfer.ImportRecorder;
import dev.kiroku.core.transfer.ImportRunner;
import dev.kiroku.core.transfer.ImportSources;
import dev.kiroku.core.transfer.TransferStore;
import dev.kiroku.model.transfer.ServerImportApi.StartImportRequest;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.rest.RestSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs the imports that requests to a server ask for, with the credentials of the request and no others.
 *
 * @param sources what may be imported
 * @param environment of which the variables for TLS and timeouts of MLflow's client count, and not those with credentials
 */
public record SourceImportRunner(TransferStore store, ImportSources sources, Map<String, String> environment)
        implements ImportRunner {
    private static final String USER = "MLFLOW_TRACKING_USERNAME";
    private static final String PASSWORD = "MLFLOW_TRACKING_PASSWORD";
    private static final String TOKEN = "MLFLOW_TRACKING_TOKEN";
    private static final String SIGN_IN =
            " Give a user name and a password, or a token as the password, of a user who may read everything that is to be imported.";
    private static final int MAX_CREDENTIAL = 4000;

    /** The credentials of a request; empty texts if there are none. */
    private record Credentials(String user, String password) {
        static Credentials of(StartImportRequest request) {
            Credentials given = new Credentials(orEmpty(request.username()), orEmpty(request.password()));
            for (String text : List.of(given.user, given.password)) {
                if (text.length() > MAX_CREDENTIAL || text.chars().anyMatch(Character::isISOControl)) {
                    throw invalid(
                            "User name and password have at most %d characters, and no control characters.",
                            MAX_CREDENTIAL);
                }
            }
            if (!given.user.isEmpty() && given.password.isEmpty()) {
                throw invalid("Give a password with the user name.");
            }
            return given;
        }

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }

        @Override
        public String toString() {
            return "Credentials";
        }
    }

    @Override
    public Import prepare(StartImportRequest request) {
        ImportSources.Source source = sources.require(request.source());
        Credentials credentials = Credentials.of(request);
        ImportOptions options = ImportOptions.parse(
                request.mapExperiment(),
                request.rename(),
                request.prefix() == null ? "" : request.prefix(),
                Boolean.TRUE.equals(request.dryRun()));
        return switch (source.kind()) {
            case SERVER -> {
                ClientSettings settings = settings(source.uri(), credentials);
                yield recorder -> run(RestSource.open(settings, SIGN_IN), options, recorder);
            }
            case DATABASE -> {
                String uri = withCredentials(source.uri(), credentials);
                yield recorder -> run(SourceFactory.open(uri), options, recorder);
            }
            case FOLDER -> recorder -> run(SourceFactory.open(source.uri()), options, recorder);
        };
    }

    private ClientSettings settings(String uri, Credentials credentials) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.keySet().removeAll(List.of(USER, PASSWORD, TOKEN));
        if (!credentials.user.isEmpty()) {
            if (credentials.user.contains(":")) {
                throw invalid("A user name of a server has no colon.");
            }
            variables.put(USER, credentials.user);
            variables.put(PASSWORD, credentials.password);
        } else if (!credentials.password.isEmpty()) {
            if (!credentials.password.matches("[!-~]+")) {
                throw invalid(
                        "A token has only letters, digits and other ASCII characters. With a password, give a user name.");
            }
            variables.put(TOKEN, credentials.password);
        }
        return ClientSettings.fromEnvironment(uri, variables);
    }

    private static String withCredentials(String uri, Credentials credentials) {
        if (uri.startsWith("sqlite:") || credentials.user.isEmpty()) {
            return uri;
        }
        String userInfo = encode(credentials.user) + ":" + encode(credentials.password) + "@";
        int start = uri.indexOf("://") + 3;
        return uri.substring(0, start) + userInfo + uri.substring(start);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private ImportRecorder.Outcome run(TransferSource opened, ImportOptions options, ImportRecorder recorder) {
        try (TransferSource source = opened) {
            var progress = new RecordedProgress(recorder, ImportProgress.NONE);
            return RecordedProgress.outcome(new Importer(source, store, options, progress).run());
        }
    }
}
