package dev.kiroku.model.registry;

import static dev.kiroku.model.api.Endpoint.HttpMethod.GET;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;
import static dev.kiroku.model.api.ResourceType.GATE;
import static dev.kiroku.model.api.ResourceType.MODEL_VERSION;
import static dev.kiroku.model.api.ResourceType.SERVER;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import java.util.List;

/** The gates of the registry, and what they make of a version. */
public final class GateApi {
    private GateApi() {}

    /** @param revision changes whenever a gate does */
    public record GatePolicy(List<Gate> gates, String revision) {}

    /**
     * @param gates all that there shall be from now on: others are removed
     * @param expectedRevision RESOURCE_CONFLICT when the gates are not those of this revision; null when that does not matter
     * @param dryRun whether only to say what would change
     */
    public record ApplyGatesRequest(List<Gate> gates, String expectedRevision, Boolean dryRun) {}

    /** @param before null for a new gate; @param after null for a removed one */
    public record GateChange(String name, Gate before, Gate after) {}

    /** @param revision from now on, or what it would be */
    public record ApplyGatesResponse(List<GateChange> changes, String revision) {}

    /** A question: may this version become this alias or stage? With neither, all gates of the model are asked. */
    public record CheckGatesRequest(
            @Required String name, @Required String version, String alias, String stage) {}

    /** @param passed whether all of the gates passed */
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
