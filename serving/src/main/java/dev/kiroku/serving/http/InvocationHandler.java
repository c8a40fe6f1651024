package dev.kiroku.serving.http;

import dev.kiroku.http.BodyBudget;
import dev.kiroku.http.ClientKey;
import dev.kiroku.http.RequestBodies;
import dev.kiroku.http.RequestFraming;
import dev.kiroku.http.RequestId;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.deploy.Deployment;
import dev.kiroku.serving.deploy.ServedModels;
import dev.kiroku.serving.deploy.TrafficRouter;
import dev.kiroku.serving.protocol.ScoringResponse;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code POST /invocations} and {@code POST /models/{name}/invocations}. Thread-safe. */
final class InvocationHandler {
    private static final Logger LOG = LoggerFactory.getLogger(InvocationHandler.class);
    private static final HeaderName REQUEST_ID = HeaderNames.create(RequestId.HEADER);
    private static final HeaderName MODEL_VERSION = HeaderNames.create("X-Kiroku-Model-Version");
    private static final HeaderName RETRY_AFTER = HeaderNames.create("Retry-After");
    private static final String RETRY_AFTER_SECONDS = "1";
    /** The name of a directory may be the label of a version, and may have any characters. */
    private static final Pattern NOT_IN_HEADERS = Pattern.compile("[^ -~]");

    private final ServedModels models;
    private final BodyReader bodies;
    private final BodyBudget budget;
    private final InFlightRequests inFlight;
    private final InvocationLog log;

    InvocationHandler(
            ServedModels models, BodyReader bodies, BodyBudget budget, InFlightRequests inFlight, InvocationLog log) {
        this.models = models;
        this.bodies = bodies;
        this.budget = budget;
        this.inFlight = inFlight;
        this.log = log;
    }

    /**
     * Answers a request.
     *
     * @param content its body
     * @param name of the model in the path; null for the default model
     */
    void handle(ServerRequest request, RequestBodies.Body content, ServerResponse response, @Nullable String name) {
        long start = System.nanoTime();
        String id = RequestId.of(request.headers().first(REQUEST_ID));
        String contentType = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        byte[] body = null;
        Deployment.VersionedResponse answer;
        inFlight.begin();
        try (BodyBudget.Reservation reservation = budget.open(ClientKey.of(address(request)))) {
            requireValidFraming(request);
            body = bodies.read(content, content.length(), reservation);
            answer = invoke(name, contentType, body);
        } catch (BodyReader.BodyRejectedException e) {
            answer = unversioned(e.response());
        } catch (KirokuException e) {
            answer = unversioned(ScoringResponse.error(e.code(), String.valueOf(e.getMessage())));
        } catch (OutOfMemoryError e) {
            LOG.error("request {} failed: out of memory", id);
            answer = unversioned(ScoringResponse.error(
                    ErrorCode.TEMPORARILY_UNAVAILABLE, "The server is overloaded. Try again later."));
        } catch (RuntimeException e) {
            LOG.error("request {} failed", id, e);
            answer = unversioned(ScoringResponse.error(
                    ErrorCode.INTERNAL_ERROR, "Internal error. The server's log has the details under " + id + "."));
        } finally {
            inFlight.end();
        }
        send(response, id, answer);
        log.record(id, modelLabel(name, answer), contentType, body, answer, System.nanoTime() - start);
    }

    private static InetAddress address(ServerRequest request) {
        return ((InetSocketAddress) request.remotePeer().address()).getAddress();
    }

    private static void requireValidFraming(ServerRequest request) {
        if (!RequestFraming.isValid(request.headers())) {
            throw new KirokuException(
                    ErrorCode.BAD_REQUEST,
                    "The request must state the length of its body once: by one Content-Length or by Transfer-Encoding.");
        }
    }

    private void send(ServerResponse response, String id, Deployment.VersionedResponse answer) {
        response.header(REQUEST_ID, id);
        if (!answer.version().isEmpty()) {
            response.header(
                    MODEL_VERSION, NOT_IN_HEADERS.matcher(answer.version()).replaceAll("?"));
        }
        int status = answer.response().status();
        if (status == 429 || status == 503) {
            response.header(RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (inFlight.isStopping()) {
            response.header(HeaderNames.CONNECTION, "close");
        }
        ScoringResponses.send(response, answer.response());
    }

    private Deployment.VersionedResponse invoke(@Nullable String name, String contentType, byte[] body) {
        Optional<TrafficRouter> model = find(name);
        if (model.isEmpty()) {
            return unversioned(
                    name == null
                            ? ScoringResponse.notFound()
                            : ScoringResponse.error(
                                    ErrorCode.RESOURCE_DOES_NOT_EXIST, "This server has no model of that name."));
        }
        if (contentType.isEmpty()) {
            return unversioned(
                    ScoringResponse.text(
                            415,
                            "This predictor needs a Content-Type: application/json, text/csv or application/vnd.apache.parquet."));
        }
        return model.flatMap(router -> router.predict(contentType, body))
                // The model may have been unloaded just now, for another one to be loaded.
                .or(() -> find(name).flatMap(router -> router.predict(contentType, body)))
                .orElseGet(() -> unversioned(notLoaded()));
    }

    private ScoringResponse notLoaded() {
        return inFlight.isStopping()
                ? ScoringResponse.error(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        "The server is stopping; nothing was computed. Try again in a moment.")
                : ScoringResponse.error(
                        ErrorCode.TEMPORARILY_UNAVAILABLE, "The model is not loaded yet. Try again later.");
    }

    private Optional<TrafficRouter> find(@Nullable String name) {
        return name == null ? models.findDefault() : models.findByName(name);
    }

    private static Deployment.VersionedResponse unversioned(ScoringResponse response) {
        return new Deployment.VersionedResponse(response, "");
    }

    /** Returns the label for metrics. A name in the path is used only if there is such a model, so that clients cannot create series. */
    private String modelLabel(@Nullable String name, Deployment.VersionedResponse answer) {
        if (name != null) {
            return answer.version().isEmpty() ? "" : name;
        }
        return models.findDefault().map(router -> router.primary().name()).orElse("");
    }
}
