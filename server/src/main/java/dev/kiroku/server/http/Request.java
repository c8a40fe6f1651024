package dev.kiroku.server.http;

import dev.kiroku.http.ClientKey;
import dev.kiroku.model.api.Caller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request as handlers see it.
 *
 * @param caller the authenticated user, or anonymous
 * @param client the other end of the connection
 * @param method the HTTP method; GET for HEAD
 * @param path the path as sent, not decoded
 * @param query the query parameters, decoded, each with its values in their order
 * @param variables the path variables of the route, decoded
 * @param headers returns the first value of a header
 * @param limitKey as whom limits count the request
 * @param body the body; can be read once
 */
public record Request(
        Caller caller,
        Client client,
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, String> variables,
        Function<String, Optional<String>> headers,
        ClientKey limitKey,
        RequestBody body) {
    /**
     * The client of a request.
     *
     * @param address its IP address; behind a trusted proxy that of the proxy's client
     * @param secure whether its connection is encrypted, to this server or to a trusted proxy
     */
    public record Client(String address, boolean secure) {}

    /** Returns the first value of a header, or empty. */
    public Optional<String> header(String name) {
        return headers.apply(name);
    }

    /** Returns the first value of a query parameter, or empty. */
    public Optional<String> queryParameter(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }
}
