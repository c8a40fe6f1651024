package dev.kiroku.server;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.graphql.GraphqlService;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.http.Handler;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.RequestBodyReader;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.load.AdmissionController;
import dev.kiroku.wire.WireReader;
import dev.kiroku.wire.WireWriter;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Handlers of requests with a JSON body: read the request, call the operation, write the response. */
final class EndpointHandlers {
    private static final String JSON = "application/json";
    private static final byte[] NO_BODY = {};

    private final WireReader reader = new WireReader();
    private final WireWriter writer;
    private final RequestBodyReader bodies;
    private final AdmissionController admission;

    EndpointHandlers(WireWriter writer, RequestBodyReader bodies, AdmissionController admission) {
        this.writer = writer;
        this.bodies = bodies;
        this.admission = admission;
    }

    /** Returns the handler of an endpoint. */
    <Q extends Record, R extends Record> Handler endpoint(EndpointBinding<Q, R> binding) {
        Class<Q> type = binding.endpoint().request();
        boolean isGet = binding.endpoint().method() == HttpMethod.GET;
        return request -> {
            Map<String, String> fields = new HashMap<>(request.variables());
            reader.headerFields(type)
                    .forEach((field, header) -> request.header(header).ifPresent(value -> fields.put(field, value)));
            boolean hasQuery = isGet && !request.query().isEmpty();
            byte[] body = hasQuery ? NO_BODY : readJsonBody(request);
            // Acquired after the body has arrived: a slow client must not hold permits that others need.
            try (var _ = admission.acquireMemory(body.length, request.limitKey())) {
                Q query = hasQuery
                        ? reader.fromQuery(request.query(), fields, type)
                        : reader.fromJson(body, fields, type);
                try (var _ = admission.acquireRequest(request.limitKey())) {
                    return Response.json(200, writer.toJson(binding.operation().apply(query, request.caller())));
                }
            }
        };
    }

    /** Returns the handler of {@code /graphql}. */
    Handler graphql(List<EndpointBinding<?, ?>> bindings) {
        Supplier<GraphqlService> service = GraphqlService.lazy(bindings);
        return request -> {
            byte[] body = readJsonBody(request);
            try (var _ = admission.acquireMemory(body.length, request.limitKey());
                    var _ = admission.acquireRequest(request.limitKey())) {
                return Response.json(200, service.get().execute(body, request.caller()));
            }
        };
    }

    private byte[] readJsonBody(Request request) throws IOException {
        boolean needsType = request.method().equals("POST") || request.method().equals("PUT");
        String type = request.header("Content-Type")
                .map(t -> t.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .orElse(null);
        // Also a protection against forms of other sites (CSRF): browsers send JSON across origins only after a
        // preflight.
        if (needsType && !JSON.equals(type)) {
            throw new KirokuException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    type == null
                            ? "Bad Request. Content-Type header is missing; it must be application/json."
                            : "Bad Request. Content-Type must be one of ['application/json'].");
        }
        return bodies.read(request);
    }
}
