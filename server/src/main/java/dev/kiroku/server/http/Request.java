package dev.kiroku.server.http;

import dev.kiroku.model.api.Caller;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request as handlers see it.
 *
 * @param caller who sent it
 * @param verb GET, POST …; HEAD comes as GET
 * @param query each name with its values, decoded
 * @param variables the variable parts of the path, decoded once
 * @param headers gives a header by its name
 * @param contentLength bytes, or -1 when the client did not say
 * @param body to be read once
 */
public record Request(
        Caller caller,
        String verb,
        String path,
        Map<String, List<String>> query,
        Map<String, String> variables,
        Function<String, Optional<String>> headers,
        long contentLength,
        InputStream body) {
    public Optional<String> header(String name) {
        return headers.apply(name);
    }

    /** The first value of a query parameter. */
    public Optional<String> queryParameter(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }

    public Request withVariables(Map<String, String> values) {
        return new Request(caller, verb, path, query, values, headers, contentLength, body);
    }
}
