package dev.kiroku.server;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.server.http.ReadTimeouts;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Router;
import dev.kiroku.server.http.UriDecoder;
import dev.kiroku.server.load.ServerMetrics;
import dev.kiroku.server.security.Authenticator;
import dev.kiroku.server.security.HostAndOriginFilter;
import dev.kiroku.wire.WireWriter;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings each request to its handler and its answer to the client; whatever goes wrong on the way becomes MLflow's error form. */
public final class RequestDispatcher {
    private static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-ID");
    private static final HeaderName SERVER_VERSION = HeaderNames.create("X-Kiroku-Version");

    private static final int MIN_RETRY_SECONDS = 2;
    private static final int RETRY_SPREAD_SECONDS = 8;

    /** The error form. */
    public record ErrorBody(String errorCode, String message) {}

    private final Logger log = LoggerFactory.getLogger(RequestDispatcher.class);
    private final Router router;
    private final HostAndOriginFilter hostAndOriginFilter;
    private final Authenticator authenticator;
    private final String prefix;
    private final ServerMetrics metrics;
    private final ReadTimeouts readTimeouts;
    private final WireWriter json = new WireWriter();

    /**
     * @param prefix what stands before every path, or empty
     * @param patience with clients that do not send what they have announced
     */
    public RequestDispatcher(
            Router router,
            HostAndOriginFilter gatekeeper,
            Authenticator authenticator,
            String prefix,
            ServerMetrics metrics,
            ReadTimeouts patience) {
        this.readTimeouts = patience;
        this.router = router;
        this.hostAndOriginFilter = gatekeeper;
        this.authenticator = authenticator;
        this.prefix = prefix;
        this.metrics = metrics;
    }

    /** What a request turned out to be for. */
    private static final class MatchedRoute {
        private String template = "none";
    }

    /** Answers one request, on the thread that it came on. */
    public void dispatch(ServerRequest from, ServerResponse to) {
        long began = System.nanoTime();
        MatchedRoute target = new MatchedRoute();
        Function<String, Optional<String>> header = firstHeaderValue(from.headers());
        String id = header.apply("X-Request-ID")
                .filter(given -> given.matches("[A-Za-z0-9._-]{1,64}"))
                .orElseGet(() -> UUID.randomUUID().toString());
        boolean head = from.prologue().method().text().equals("HEAD");
        Response reply;
        try {
            reply = handle(from, id, head ? "GET" : from.prologue().method().text(), header, target);
        } catch (IOException | UncheckedIOException | DataReader.InsufficientDataAvailableException e) {
            log.debug("request {} broke off", id, e);
            reply = errorResponse(ErrorCode.BAD_REQUEST, "The request broke off before its end.");
        } catch (RuntimeException | Error e) {
            reply = errorResponse(e, id);
        }
        to.header(REQUEST_ID, id);
        to.header(SERVER_VERSION, KirokuVersion.CURRENT);
        boolean last = header.apply("Expect").isPresent();
        if (last) {
            to.header(HeaderNames.CONNECTION, "close");
        }
        ResponseSender out = new ResponseSender(withStandardHeaders(reply, header, id), to);
        try {
            out.send(head);
        } catch (IOException | RuntimeException e) {
            if (out.isCommitted()) {
                log.debug("request {}: the answer broke off", id, e);
                // Cuts the connection: half an answer must not look like a whole one.
                throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
            }
            send(withStandardHeaders(errorResponse(e, id), header, id), head, to);
        } finally {
            metrics.recordRequest(
                    from.prologue().method().text(), target.template, reply.status(), System.nanoTime() - began);
        }
        if (last) {
            throw new CloseConnectionException(
                    "the body may come or not, as the client took it: what follows on this connection could be either");
        }
    }

    /** Adds what every answer has, and to those that turn a client away when it may come back. */
    private Response withStandardHeaders(Response reply, Function<String, Optional<String>> header, String id) {
        boolean later = reply.status() == 503 || reply.status() == 429;
        return hostAndOriginFilter.withSecurityHeaders(
                later ? reply.withHeader("Retry-After", Integer.toString(retryAfterSeconds(id))) : reply, header);
    }

    private static void send(Response reply, boolean head, ServerResponse to) {
        try {
            new ResponseSender(reply, to).send(head);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Response errorResponse(Throwable e, String id) {
        switch (e) {
            case KirokuException refused
            when refused.code() == ErrorCode.INTERNAL_ERROR -> {
                log.error("request {} failed", id, e);
                return errorResponse(
                        refused.code(), refused.getMessage() + " The server's log has more under " + id + ".");
            }
            case KirokuException refused -> {
                if (refused.code() == ErrorCode.TEMPORARILY_UNAVAILABLE && refused.getCause() != null) {
                    log.warn(
                            "request {} could not be served: {} {}",
                            id,
                            refused.getMessage(),
                            String.valueOf(refused.getCause()));
                } else {
                    log.debug("request {} refused: {}", id, refused.code());
                }
                Response reply = errorResponse(refused.code(), refused.getMessage());
                return refused.code() == ErrorCode.UNAUTHENTICATED
                        ? reply.withHeader("WWW-Authenticate", authenticator.challenge())
                        : reply;
            }
            case IOException unreadable -> {
                log.warn("request {} could not be served", id, unreadable);
                return errorResponse(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "What is asked for cannot be read at present; try again soon.");
            }
            case OutOfMemoryError _ -> {
                log.error("request {} needed more memory than there was", id, e);
                return errorResponse(
                        ErrorCode.TEMPORARILY_UNAVAILABLE,
                        "The server has more to do than it can at the moment; try again soon.");
            }
            default -> {
                log.error("request {} failed", id, e);
                return errorResponse(
                        ErrorCode.INTERNAL_ERROR,
                        "Something went wrong that should not have. The server's log has more under " + id + ".");
            }
        }
    }

    /** In seconds. Spread, so that those who were turned away together do not come back together. */
    private static int retryAfterSeconds(String requestId) {
        return MIN_RETRY_SECONDS + Math.floorMod(requestId.hashCode(), RETRY_SPREAD_SECONDS);
    }

    private Response handle(
            ServerRequest from, String id, String verb, Function<String, Optional<String>> header, MatchedRoute target)
            throws IOException {
        if (!hasValidFraming(from.headers())) {
            throw new KirokuException(
                    ErrorCode.BAD_REQUEST, "The request states its length more than once or in more than one way.");
        }
        List<String> path =
                UriDecoder.decodePath(stripPrefix(from.prologue().uriPath().rawPath()));
        boolean probe = path.size() == 1
                && (path.getFirst().equals("health") || path.getFirst().equals("version"));
        if (!probe) {
            hostAndOriginFilter.check(verb, header);
        }
        if (verb.equals("OPTIONS")) {
            return hostAndOriginFilter.preflight(header);
        }
        Caller caller = probe
                ? Caller.anonymous(id)
                : authenticator.authenticate(remoteAddress(from), allHeaderValues(from.headers()), id);
        Router.Match match = router.find(path);
        if (match == null) {
            throw new KirokuException(
                    ErrorCode.ENDPOINT_NOT_FOUND,
                    "There is nothing at this address. The operations of MLflow's REST API are below /api/2.0/mlflow/.");
        }
        if (!match.allows(verb)) {
            String verbs = String.join(", ", match.verbs());
            return errorResponse(ErrorCode.BAD_REQUEST, "This address takes " + verbs + ".")
                    .withStatus(405)
                    .withHeader("Allow", verbs);
        }
        target.template = match.route(verb);
        return match.handler(verb)
                .handle(new Request(
                        caller,
                        verb,
                        from.prologue().uriPath().rawPath(),
                        UriDecoder.decodeQuery(from.prologue().query().rawValue()),
                        match.variables(verb),
                        header,
                        from.headers().contentLength().orElse(-1),
                        readTimeouts.withTimeout(from.content().inputStream())));
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
                    ErrorCode.ENDPOINT_NOT_FOUND,
                    "There is nothing at this address: everything here is below " + prefix + "/.");
        }
        return path.substring(prefix.length());
    }

    /** Two servers in a row must not see two different requests in the same bytes. */
    private static boolean hasValidFraming(Headers headers) {
        List<String> lengths = headers.values(HeaderNames.CONTENT_LENGTH);
        boolean chunked = headers.contains(HeaderNames.TRANSFER_ENCODING);
        return lengths.size() <= 1
                && !(chunked && !lengths.isEmpty())
                && lengths.stream().allMatch(l -> l.matches("\\d{1,18}"));
    }

    private static Function<String, Optional<String>> firstHeaderValue(Headers headers) {
        return name -> headers.first(HeaderNames.create(name));
    }

    private static Function<String, List<String>> allHeaderValues(Headers headers) {
        return name -> headers.values(HeaderNames.create(name));
    }

    private static InetAddress remoteAddress(ServerRequest from) {
        return ((InetSocketAddress) from.remotePeer().address()).getAddress();
    }

    private Response errorResponse(ErrorCode code, String message) {
        return Response.json(code.httpStatus(), json.toJson(new ErrorBody(code.name(), message)));
    }

    /** What is answered to requests that never get as far as a handler: a request line or headers that cannot be read. */
    public DirectHandlers directHandlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            handlers.addHandler(event, (request, type, status, headers, message) -> {
                // Without a path, the request line or the headers broke off: that is the client's doing.
                boolean ours = type == DirectHandler.EventType.INTERNAL_ERROR
                        && !request.path().isEmpty();
                if (ours) {
                    log.error("a request to {} failed before it was taken: {}", request.path(), message);
                }
                ErrorCode code = ours ? ErrorCode.INTERNAL_ERROR : ErrorCode.BAD_REQUEST;
                byte[] body = json.toJson(new ErrorBody(
                        code.name(), ours ? "Something went wrong." : "The request cannot be read as HTTP."));
                // What the client may not ask for (a transfer coding that is not known) is no failure of the server.
                Status answered = !ours && status.code() >= 500 ? Status.BAD_REQUEST_400 : status;
                return DirectHandler.TransportResponse.builder()
                        .status(answered)
                        .headers(headers)
                        .header(HeaderNames.CONTENT_TYPE, "application/json")
                        .entity(body)
                        .build();
            });
        }
        return handlers.build();
    }
}
