package dev.kiroku.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Runs a scenario against one server and keeps the variables that it saves. */
public final class ScenarioSession {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient client;
    private final ConformanceServer target;
    private final Map<String, String> variables = new HashMap<>();
    private final ResponseNormalizer normaliser;

    public ScenarioSession(HttpClient client, ConformanceServer target) {
        this.client = client;
        this.target = target;
        this.normaliser = new ResponseNormalizer(target.artifactRoot(), variables, System.currentTimeMillis());
    }

    /** Returns the call as it is sent, with variables replaced. */
    public ApiCall resolve(ApiCall call) {
        byte[] body = call.body() == null ? null : substitute(call.body());
        return new ApiCall(
                call.person(),
                call.method(),
                substitute(call.path()),
                call.contentType(),
                body,
                call.saves(),
                call.equalText(),
                call.difference());
    }

    /** Sends the call and returns the normalized response. */
    public RecordedResponse send(ApiCall call) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.uri() + substitute(call.path())))
                    .timeout(LIMIT);
            if (call.body() == null) {
                request.method(call.method(), HttpRequest.BodyPublishers.noBody());
            } else {
                request.method(call.method(), HttpRequest.BodyPublishers.ofByteArray(substitute(call.body())));
                if (call.contentType() != null) {
                    request.header("Content-Type", call.contentType());
                }
            }
            if (call.person() != null) {
                request.header("Authorization", call.person().authorization());
            }
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            RecordedResponse answer = RecordedResponse.of(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body());
            call.saves().forEach((name, place) -> variables.put(name, answer.at(place)));
            return normaliser.normalize(answer);
        } catch (IOException e) {
            throw new UncheckedIOException(call + " to " + target.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** ISO-8859-1 preserves every byte, also invalid UTF-8. */
    private byte[] substitute(byte[] body) {
        return substitute(new String(body, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String substitute(String text) {
        String result = text;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            result = result.replace("${" + variable.getKey() + "}", variable.getValue());
        }
        return result;
    }
}
