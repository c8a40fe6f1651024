package dev.kiroku.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A response: status, headers and a body that is in memory or is streamed.
 *
 * @param cookies the values of {@code Set-Cookie} headers
 */
public record Response(int status, Map<String, String> headers, List<String> cookies, ResponseBody body) {
    /** @param length in bytes, or -1 if unknown */
    public record ResponseBody(long length, BodyWriter writer) {}

    /** Writer of a body. Called at most once; not called for HEAD. */
    @FunctionalInterface
    public interface BodyWriter {
        /** Writes the whole body. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Returns a response with a body in memory. */
    public static Response of(int status, String contentType, byte[] body) {
        return stream(status, contentType, body.length, out -> out.write(body));
    }

    /** Returns a response with a text in UTF-8. */
    public static Response text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a response with JSON in UTF-8. */
    public static Response json(int status, byte[] body) {
        return of(status, "application/json", body);
    }

    /** Returns a response whose body is written to the connection without being held in memory. */
    public static Response stream(int status, String contentType, long length, BodyWriter writer) {
        return new Response(status, Map.of("Content-Type", contentType), List.of(), new ResponseBody(length, writer));
    }

    /** Returns a response without a body. */
    public static Response empty(int status) {
        return new Response(status, Map.of(), List.of(), new ResponseBody(0, out -> {}));
    }

    /** Returns a copy with another status. */
    public Response withStatus(int other) {
        return new Response(other, headers, cookies, body);
    }

    /** Returns a copy with a header added or replaced. */
    public Response withHeader(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, more, cookies, body);
    }

    /** Returns a copy that sets a cookie, too. */
    public Response withCookie(String cookie) {
        List<String> more = new ArrayList<>(cookies);
        more.add(cookie);
        return new Response(status, headers, more, body);
    }
}
