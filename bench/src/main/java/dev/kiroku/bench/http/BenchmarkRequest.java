package dev.kiroku.bench.http;

import java.nio.charset.StandardCharsets;

/**
 * A request.
 *
 * @param token the token of the user who sends it; null for none
 * @param repeat how many times {@code body} is sent in sequence, for large uploads
 */
public record BenchmarkRequest(String verb, String path, String contentType, String token, byte[] body, int repeat) {
    private static final byte[] NOTHING = {};

    /** Returns a GET request. */
    public static BenchmarkRequest get(String path) {
        return new BenchmarkRequest("GET", path, null, null, NOTHING, 1);
    }

    /** Returns a POST request with a JSON body. */
    public static BenchmarkRequest post(String path, String json) {
        return new BenchmarkRequest("POST", path, "application/json", null, json.getBytes(StandardCharsets.UTF_8), 1);
    }

    /** Returns a PUT request whose body is {@code body}, {@code repeat} times. */
    public static BenchmarkRequest put(String path, byte[] body, int repeat) {
        return new BenchmarkRequest("PUT", path, "application/octet-stream", null, body, repeat);
    }

    /** Returns the request of a user. */
    public BenchmarkRequest withToken(String ofUser) {
        return new BenchmarkRequest(verb, path, contentType, ofUser, body, repeat);
    }
}
