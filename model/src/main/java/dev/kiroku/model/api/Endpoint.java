package dev.kiroku.model.api;

import dev.kiroku.model.access.ResourceAccess;
import java.util.List;

/**
 * One operation of the API as a value. Routing, access checks and the clients read these values: an operation is added with one constant in
 * an {@code …Api} class and one method of {@code core} that is bound to it.
 *
 * @param method the HTTP method
 * @param path the path below {@code /api}, for example {@code /2.0/mlflow/runs/create}. A segment in braces is a path variable
 *     ({@code /2.0/mlflow/logged-models/{model_id}}); a last segment {@code {name...}} matches the rest of the path, including slashes
 * @param request the record that the query string, the path variables and the JSON body are read into
 * @param response the record that is written as the JSON response
 * @param resources the resources that the operation touches, and what it does to them; never empty
 */
public record Endpoint<Q extends Record, R extends Record>(
        HttpMethod method, String path, Class<Q> request, Class<R> response, List<ResourceAccess> resources) {

    /** The HTTP methods of endpoints and routes. */
    public enum HttpMethod {
        GET,
        POST,
        PUT,
        PATCH,
        DELETE
    }

    /** Throws {@code IllegalArgumentException} if the endpoint names no resource. */
    public Endpoint {
        resources = ResourceAccess.requireAny(resources, path);
    }

    /** Returns an endpoint that touches the given resources. */
    public static <Q extends Record, R extends Record> Endpoint<Q, R> endpoint(
            HttpMethod method, String path, Class<Q> request, Class<R> response, ResourceAccess... resources) {
        return new Endpoint<>(method, path, request, response, List.of(resources));
    }
}
