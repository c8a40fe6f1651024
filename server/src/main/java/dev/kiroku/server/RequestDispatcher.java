package dev.kiroku.server;

import dev.kiroku.http.BodyBudget;
import dev.kiroku.http.ClientKey;
import dev.kiroku.http.ErrorBody;
import dev.kiroku.http.RequestBodies;
import dev.kiroku.http.RequestFraming;
import dev.kiroku.http.RequestId;
import dev.kiroku.http.SlowBodyException;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.RequestBody;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Router;
import dev.kiroku.server.http.UriDecoder;
import dev.kiroku.server.load.AdmissionController;
import dev.kiroku.server.load.Drain;
import dev.kiroku.server.load.ServerMetrics;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.HostAndOriginFilter;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatcher of requests: checks host and origin, authenticates, finds the route, calls its handler and sends the response. Errors become
 * responses in MLflow's error form.
 */
final class RequestDispatcher {
    private static final HeaderName REQUEST_ID = HeaderNames.create(RequestId.HEADER);
    private static final HeaderName SERVER_VERSION = HeaderNames.create("X-Kiroku-Version");

    private static final int MIN_RETRY_SECONDS = 2;
    private static final int RETRY_SPREAD_SECONDS = 8;

    private final Logger log = LoggerFactory.getLogger(RequestDispatcher.class);
    private final Router router;
    private final HostAndOriginFilter hostAndOriginFilter;
    private final Authenticator authenticator;
    private final String prefix;
    private final AdmissionController admission;
    private final ServerMetrics metrics;
    private final RequestBodies bodies;
    private final Drain drain;

    /** @param prefix the prefix of every path, such as {@code /kiroku}; or empty */
    RequestDispatcher(
            Router router,
            HostAndOriginFilter hostAndOriginFilter,
            Authenticator authenticator,
            String prefix,
            AdmissionController admission,
            ServerMetrics metrics,
            RequestBodies bodies,
            Drain drain) {
        this.router = router;
        this.hostAndOriginFilter = hostAndOriginFilter;
        this.authenticator = authenticator;
        this.prefix = prefix;
        this.admission = admission;
        this.metrics = metrics;
        this.bodies = bodies;
        this.drain = drain;
    }

    /** One request with what is known about it so far. */
    private static final class Exchange {
        private final ServerRequest request;
        private final RequestBodies.Body body;
        private final Function<String, Optional<String>> headers;
        private final String id;
        private final String method;
        /** The template of the matched route, for metrics. */
        private String route = "none";

        private Exchange(ServerRequest request, RequestBodies.Body body) {
            this.request = request;
            this.body = body;
            this.headers = name -> request.headers().first(HeaderNames.create(name));
            this.id = RequestId.of(headers.apply(RequestId.HEADER));
            this.method = request.prologue().method().text();
        }

        /** Returns path and query without a prefix. */
        private String target(String prefix) {
            String path = request.prologue().uriPath().rawPath();
            String query = request.prologue().query().rawValue();
            String inRoot = path.startsWith(prefix + "/") ? path.substring(prefix.length()) : path;
            return query.isEmpty() ? inRoot : inRoot + "?" + query;
        }

        private boolean isHead() {
            return method.equals("HEAD");
        }

        /** Returns the method that handlers see: HEAD is answered as GET without its body. */
        private String handlerMethod() {
            return isHead() ? "GET" : method;
        }
    }

    /** Answers one request on the calling thread. */
    void dispatch(ServerRequest request, ServerResponse connection) {
        long began = System.nanoTime();
        Exchange exchange = new Exchange(request, bodies.open(request));
        Response response;
        try {
            response = handle(exchange);
        } catch (SlowBodyException e) {
            response = errorResponse(ErrorCode.BAD_REQUEST, "The request body did not arrive within the time limit.")
                    .withStatus(408);
        } catch (IOException | UncheckedIOException e) {
            log.debug("request {} cannot be read", exchange.id, e);
            response =
                    errorResponse(ErrorCode.BAD_REQUEST, "The request body is incomplete, or it is not valid in HTTP.");
        } catch (RuntimeException | Error e) {
            response = errorResponse(e, exchange);
        }
        connection.header(REQUEST_ID, exchange.id);
        connection.header(SERVER_VERSION, KirokuVersion.CURRENT);
        boolean last = exchange.body.isLastOfConnection() || drain.hasBegun();
        if (last) {
            connection.header(HeaderNames.CONNECTION, "close");
        }
        try {
            send(response, exchange, connection);
        } finally {
            metrics.recordRequest(exchange.method, exchange.route, response.status(), System.nanoTime() - began);
        }
        exchange.body.finish();
        if (last) {
            throw new CloseConnectionException("the response was the last one of this connection");
        }
    }

    private void send(Response response, Exchange exchange, ServerResponse connection) {
        ResponseSender sender = new ResponseSender(withStandardHeaders(response, exchange), connection);
        try {
            sender.send(exchange.isHead());
        } catch (IOException | RuntimeException e) {
            if (sender.isCommitted()) {
                log.debug("request {}: the response was interrupted", exchange.id, e);
                // Closes the connection, so that the client does not take an incomplete response for a complete one.
                throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
            }
            Response error = withStandardHeaders(errorResponse(e, exchange), exchange);
            try {
                new ResponseSender(error, connection).send(exchange.isHead());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private Response withStandardHeaders(Response response, Exchange exchange) {
        boolean retryable = response.status() == 503 || response.status() == 429;
        return hostAndOriginFilter.withSecurityHeaders(
                retryable
                        ? response.withHeader("Retry-After", Integer.toString(retryAfterSeconds(exchange.id)))
                        : response,
                exchange.headers);
    }

    /** Returns a delay that differs between requests, so that clients that were rejected together do not retry together. */
    private static int retryAfterSeconds(String requestId) {
        return MIN_RETRY_SECONDS + Math.floorMod(requestId.hashCode(), RETRY_SPREAD_SECONDS);
    }

    private Response errorResponse(Throwable e, Exchange exchange) {
        String id = exchange.id;
        return switch (e) {
            case KirokuException refused
            when refused.code() == ErrorCode.INTERNAL_ERROR -> {
                log.error("request {} failed", id, e);
                yield errorResponse(
                        refused.code(), refused.getMessage() + " See the server's log for request " + id + ".");
            }
            case KirokuException refused -> refusal(refused, exchange);
            case IOException unreadable -> {
                log.warn("request {} failed", id, unreadable);
                yield errorResponse(
                        ErrorCode.TEMPORARILY_UNAVAILABLE, "The file cannot be read. Try again in a few seconds.");
            }
            case OutOfMemoryError _ -> {
                log.error("request {} failed: out of memory", id, e);
                yield errorResponse(
                        ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is overloaded. Try again in a few seconds.");
            }
            default -> {
                log.error("request {} failed", id, e);
                yield errorResponse(
                        ErrorCode.INTERNAL_ERROR, "Internal error. See the server's log for request " + id + ".");
            }
        };
    }

    private Response refusal(KirokuException refused, Exchange exchange) {
        String id = exchange.id;
        if (refused.code() == ErrorCode.TEMPORARILY_UNAVAILABLE && refused.getCause() != null) {
            log.warn("request {} failed: {} {}", id, refused.getMessage(), String.valueOf(refused.getCause()));
        } else {
            log.debug("request {} refused: {}", id, refused.code());
        }
        Response response = errorResponse(refused.code(), refused.getMessage());
        return refused.code() == ErrorCode.UNAUTHENTICATED
                ? authenticator.challenge(response, exchange.method, exchange.target(prefix), exchange.headers)
                : response;
    }

    private static Response errorResponse(ErrorCode code, String message) {
        return Response.json(code.httpStatus(), new ErrorBody(code, message).toJson());
    }

    private Response handle(Exchange exchange) throws IOException {
        ServerRequest request = exchange.request;
        String method = exchange.handlerMethod();
        drain.check();
        if (!RequestFraming.isValid(request.headers())) {
            throw new KirokuException(
                    ErrorCode.BAD_REQUEST,
                    "The request must state the length of its body once: by one Content-Length or by Transfer-Encoding.");
        }
        String rawPath = rawPath(request);
        List<String> path = UriDecoder.decodePath(stripPrefix(rawPath));
        boolean probe = path.size() == 1
                && (path.getFirst().equals("health") || path.getFirst().equals("version"));
        if (!probe) {
            hostAndOriginFilter.check(method, exchange.headers);
        }
        if (method.equals("OPTIONS")) {
            return hostAndOriginFilter.preflight(exchange.headers);
        }
        if (method.equals("GET") && request.prologue().uriPath().rawPath().equals(prefix)) {
            // Links and the locations of redirects are relative to the folder.
            return Response.empty(302).withHeader("Location", prefix.substring(prefix.lastIndexOf('/') + 1) + "/");
        }
        InetAddress peer = remoteAddress(request);
        Function<String, List<String>> allValues = name -> {
            HeaderName header = HeaderNames.create(name);
            return request.headers().contains(header) ? request.headers().values(header) : List.of();
        };
        Request.Client client = authenticator.trustedProxies().client(peer, request.isSecure(), allValues);
        Router.Match match = router.find(path);
        boolean open = probe || match != null && match.allows(method) && match.isOpen(method);
        Caller caller =
                open ? Caller.anonymous(exchange.id) : authenticator.authenticate(peer, client, allValues, exchange.id);
        if (match == null) {
            throw new KirokuException(
                    ErrorCode.ENDPOINT_NOT_FOUND,
                    "No such path. MLflow's REST API is below /api/2.0/mlflow/, Kiroku's own below /api/2.0/kiroku/.");
        }
        if (!match.allows(method)) {
            String allowed = String.join(", ", match.methods());
            return errorResponse(ErrorCode.BAD_REQUEST, "This path allows " + allowed + ".")
                    .withStatus(405)
                    .withHeader("Allow", allowed);
        }
        exchange.route = match.route(method);
        InetAddress address = InetAddress.ofLiteral(client.address());
        ClientKey limitKey = caller.isAnonymous() ? ClientKey.of(address) : ClientKey.of(address, caller.name());
        try (BodyBudget.Reservation memory = admission.openBody(limitKey)) {
            return match.handler(method)
                    .handle(new Request(
                            caller,
                            client,
                            method,
                            rawPath,
                            UriDecoder.decodeQuery(request.prologue().query().rawValue()),
                            match.variables(method),
                            exchange.headers,
                            limitKey,
                            new RequestBody(exchange.body, exchange.body.length(), memory)));
        }
    }

    /** Returns the path. Clients whose server address ends in a slash, such as R's, send paths that begin with two. */
    private static String rawPath(ServerRequest request) {
        String path = request.prologue().uriPath().rawPath();
        int first = 0;
        while (path.startsWith("//", first)) {
            first++;
        }
        return path.substring(first);
    }

    private String stripPrefix(String path) {
        if (prefix.isEmpty() || path.equals("/health") || path.equals("/version")) {
            return path;
        }
        if (path.equals(prefix)) {
            return "/";
        }
        if (!path.startsWith(prefix + "/")) {
            throw new KirokuException(
                    ErrorCode.ENDPOINT_NOT_FOUND, "No such path. All paths of this server begin with " + prefix + "/.");
        }
        return path.substring(prefix.length());
    }

    private static InetAddress remoteAddress(ServerRequest request) {
        return ((InetSocketAddress) request.remotePeer().address()).getAddress();
    }
}
