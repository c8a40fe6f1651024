package dev.kiroku.model.transfer;

import static dev.kiroku.model.access.ResourceType.EXPERIMENT;
import static dev.kiroku.model.access.ResourceType.SERVER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Kiroku's own endpoints for imports that the server runs, and for where experiments come from. */
public final class ServerImportApi {
    private static final String IMPORTS = "/2.0/kiroku/imports/";

    private ServerImportApi() {}

    /** Asks for the imports. */
    public record ListImportsRequest() {}

    /**
     * The imports.
     *
     * @param sources what the operator allows to import from; empty if nothing
     * @param imports the latest first
     */
    public record ListImportsResponse(List<String> sources, List<ServerImport> imports) {}

    /**
     * Starts an import in the background.
     *
     * @param source without user and password
     * @param username null if the source needs none, or takes a token
     * @param password the password, or the token if there is no user name; neither stored nor logged
     * @param mapExperiment see {@link ServerImport.Options}
     */
    public record StartImportRequest(
            @Required String source,
            @Nullable String username,
            @Nullable String password,
            List<String> mapExperiment,
            List<String> rename,
            @Nullable String prefix,
            @Nullable Boolean dryRun) {
        /** Returns a text without the password. */
        @Override
        public String toString() {
            return "StartImportRequest[" + source + "]";
        }
    }

    /** Cancels an import after its current batch. */
    public record CancelImportRequest(@Required Long importId) {}

    /** An import. */
    public record ImportResponse(ServerImport serverImport) {}

    /** Asks where an experiment comes from. */
    public record FindOriginsRequest(@Required String experimentId) {}

    /** The sources from which an experiment was imported, the latest first; empty if it was not. */
    public record FindOriginsResponse(List<Origin> origins) {}

    /**
     * A source from which an experiment or runs of it were imported.
     *
     * @param source what it is, such as {@code MLflow database sqlite:///mlflow.db}; without a password
     * @param importTime when it was last imported from, in milliseconds since 1970
     * @param importedBy the user
     * @param complete whether that import came to its end
     * @param left what the whole source has and the import left
     */
    public record Origin(String source, Long importTime, String importedBy, Boolean complete, List<String> left) {}

    public static final Endpoint<ListImportsRequest, ListImportsResponse> LIST =
            endpoint(GET, IMPORTS + "list", ListImportsRequest.class, ListImportsResponse.class, SERVER.manage());
    public static final Endpoint<StartImportRequest, ImportResponse> START =
            endpoint(POST, IMPORTS + "start", StartImportRequest.class, ImportResponse.class, SERVER.manage());
    public static final Endpoint<CancelImportRequest, ImportResponse> CANCEL =
            endpoint(POST, IMPORTS + "cancel", CancelImportRequest.class, ImportResponse.class, SERVER.manage());
    public static final Endpoint<FindOriginsRequest, FindOriginsResponse> FIND_ORIGINS = endpoint(
            GET,
            "/2.0/kiroku/experiments/origins",
            FindOriginsRequest.class,
            FindOriginsResponse.class,
            EXPERIMENT.read("experiment_id"));
}
