package dev.kiroku.cli.remote;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.wire.WireReader;
import dev.kiroku.wire.WireWriter;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server somewhere, asked as MLflow's clients ask it, with the same variables for where it is and who asks. */
public final class Remote implements AutoCloseable {
    private static final String URI_VARIABLE = "MLFLOW_TRACKING_URI";
    private static final String DEFAULT_URI = "http://127.0.0.1:5000";
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    private final String base;
    private final String authorization;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final WireWriter writer = new WireWriter();
    private final WireReader reader = new WireReader();
    private final JsonMapper json = new JsonMapper();

    private Remote(String base, String authorization) {
        this.base = base;
        this.authorization = authorization;
    }

    /**
     * @param uri the server's address, or null for what the environment says
     * @throws KirokuException INVALID_PARAMETER_VALUE when that is no address of a server
     */
    public static Remote of(String uri, Map<String, String> environment) {
        String given = uri != null ? uri : environment.getOrDefault(URI_VARIABLE, "");
        String base = (given.isBlank() ? DEFAULT_URI : given.strip()).replaceAll("/+$", "");
        if (!base.matches("https?://[^/?#\\s]+(/[^?#\\s]*)?")) {
            throw KirokuException.invalid(
                    "'%s' is not the address of a server, such as http://127.0.0.1:5000. Set --tracking-uri or %s.",
                    base.replaceAll("://[^@/]*@", "://***@"), URI_VARIABLE);
        }
        return new Remote(base, authorization(environment));
    }

    private static String authorization(Map<String, String> environment) {
        String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
        String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
        String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
        if (!user.isEmpty() && !password.isEmpty()) {
            return "Basic "
                    + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        }
        return token.isEmpty() ? null : "Bearer " + token;
    }

    /** Calls an operation. @throws KirokuException with the server's own code and message when it refuses */
    public <Q extends Record, R extends Record> R call(Endpoint<Q, R> endpoint, Q request) {
        byte[] body = writer.toJson(request);
        boolean get = endpoint.method() == Endpoint.HttpMethod.GET;
        JsonNode fields = json.readTree(body);
        HttpRequest.Builder to = request("/api" + path(endpoint.path(), fields) + (get ? query(fields) : ""));
        if (get) {
            to.GET();
        } else {
            to.header("Content-Type", "application/json")
                    .method(endpoint.method().name(), HttpRequest.BodyPublishers.ofByteArray(body));
        }
        return reader.fromJson(send(to), Map.of(), endpoint.response());
    }

    /** Reads what is no JSON operation. @param pathAndQuery each value in it encoded, see {@link #encode} */
    public byte[] get(String pathAndQuery) {
        return send(request(pathAndQuery).GET());
    }

    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Fills in the variable parts of a path. */
    private static String path(String template, JsonNode fields) {
        return Pattern.compile("\\{(\\w+)}")
                .matcher(template)
                .replaceAll(m -> encode(fields.path(m.group(1)).asString("")).replace("+", "%20"));
    }

    private static String query(JsonNode fields) {
        List<String> parts = new ArrayList<>();
        fields.forEachEntry((name, value) -> {
            if (value.isArray()) {
                value.forEach(each -> parts.add(name + "=" + encode(each.asString())));
            } else {
                parts.add(name + "=" + encode(value.asString()));
            }
        });
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        HttpRequest.Builder to =
                HttpRequest.newBuilder(URI.create(base + pathAndQuery)).timeout(TIMEOUT);
        return authorization == null ? to : to.header("Authorization", authorization);
    }

    private byte[] send(HttpRequest.Builder request) {
        HttpResponse<byte[]> answer;
        try {
            answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new KirokuException(
                    ErrorCode.TEMPORARILY_UNAVAILABLE,
                    "No server answers at " + base + ". Is it running? Say where it is with --tracking-uri or "
                            + URI_VARIABLE + ".",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KirokuException(ErrorCode.TEMPORARILY_UNAVAILABLE, "interrupted", e);
        }
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer);
        }
        return answer.body();
    }

    private KirokuException refusal(HttpResponse<byte[]> answer) {
        try {
            JsonNode failure = json.readTree(answer.body());
            String code = failure.path("error_code").asString("");
            String message = failure.path("message").asString("");
            if (!message.isEmpty()) {
                return new KirokuException(
                        Arrays.stream(ErrorCode.values())
                                .filter(c -> c.name().equals(code))
                                .findFirst()
                                .orElse(ErrorCode.BAD_REQUEST),
                        message);
            }
        } catch (JacksonException e) {
            // not the error form: told below
        }
        return new KirokuException(
                ErrorCode.BAD_REQUEST,
                base + " answered with status " + answer.statusCode()
                        + ", and not as Kiroku does: is this its address?");
    }

    @Override
    public void close() {
        http.close();
    }
}
