package dev.kiroku.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer: status, headers, and a body that is either at hand or written bit by bit. */
public record Response(int status, Map<String, String> headers, ResponseBody body) {
    /** @param length bytes, or -1 when it is not known beforehand */
    public record ResponseBody(long length, BodyWriter writer) {}

    /** Writes the body; called once, or not at all for HEAD. */
    public interface BodyWriter {
        void writeTo(OutputStream out) throws IOException;
    }

    public static Response of(int status, String contentType, byte[] body) {
        return stream(status, contentType, body.length, out -> out.write(body));
    }

    public static Response text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Response json(int status, byte[] body) {
        return of(status, "application/json", body);
    }

    public static Response stream(int status, String contentType, long length, BodyWriter writer) {
        return new Response(status, Map.of("Content-Type", contentType), new ResponseBody(length, writer));
    }

    public static Response empty(int status) {
        return new Response(status, Map.of(), new ResponseBody(0, out -> {}));
    }

    public Response withStatus(int other) {
        return new Response(other, headers, body);
    }

    public Response withHeader(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, more, body);
    }
}
