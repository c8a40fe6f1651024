package dev.kiroku.model.registry;

import static dev.kiroku.model.access.ResourceType.GATE;
import static dev.kiroku.model.access.ResourceType.MODEL_VERSION;
import static dev.kiroku.model.access.ResourceType.SERVER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints on the gates of the registry. */
public final class GateApi {
    private GateApi() {}

    /**
     * All gates of the registry.
     *
     * @param revision changes with every change of a gate
     */
    public record GatePolicy(List<Gate> gates, String revision) {}

    /**
     * Replaces all gates.
     *
     * @param gates all gates from now on: others are removed
     * @param expectedRevision the revision before the change; if it is another, the response is RESOURCE_CONFLICT.
     *     Null if it does not matter
     * @param dryRun whether to return the changes without making them
     */
    public record ApplyGatesRequest(
            List<Gate> gates,
            @Nullable String expectedRevision,
            @Nullable Boolean dryRun) {}

    /**
     * A changed gate.
     *
     * @param before null for a new gate
     * @param after null for a removed gate
     */
    public record GateChange(
            String name, @Nullable Gate before, @Nullable Gate after) {}

    /**
     * The changes.
     *
     * @param revision the revision after the changes
     */
    public record ApplyGatesResponse(List<GateChange> changes, String revision) {}

    /**
     * Checks whether a version would pass the gates of an alias or stage; without either, the gates of all aliases and
     * stages of the model.
     */
    public record CheckGatesRequest(
            @Required String name,
            @Required String version,
            @Nullable String alias,
            @Nullable String stage) {}

    /**
     * The result of a check.
     *
     * @param passed whether all gates passed
     */
    public record CheckGatesResponse(Boolean passed, List<GateResult> gates) {}

    private static final String GATES = "/2.0/kiroku/gates/";

    public static final Endpoint<Empty, GatePolicy> LIST =
            endpoint(GET, GATES + "list", Empty.class, GatePolicy.class, GATE.read());
    public static final Endpoint<ApplyGatesRequest, ApplyGatesResponse> APPLY = endpoint(
            POST,
            GATES + "apply",
            ApplyGatesRequest.class,
            ApplyGatesResponse.class,
            GATE.manage("gates.name"),
            SERVER.manage());
    public static final Endpoint<CheckGatesRequest, CheckGatesResponse> CHECK = endpoint(
            GET,
            GATES + "check",
            CheckGatesRequest.class,
            CheckGatesResponse.class,
            GATE.read(),
            MODEL_VERSION.read("name", "version"));
}
