package dev.kiroku.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer: status, headers, and a body that is either at hand or written bit by bit. */
public record Reply(int status, Map<String, String> headers, Body body) {
    /** @param length bytes, or -1 when it is not known beforehand */
    public record Body(long length, Writer writer) {}

    /** Writes the body; called once, or not at all for HEAD. */
    public interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    public static Reply of(int status, String contentType, byte[] body) {
        return stream(status, contentType, body.length, out -> out.write(body));
    }

    public static Reply text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    public static Reply json(int status, byte[] body) {
        return of(status, "application/json", body);
    }

    public static Reply stream(int status, String contentType, long length, Writer writer) {
        return new Reply(status, Map.of("Content-Type", contentType), new Body(length, writer));
    }

    public static Reply empty(int status) {
        return new Reply(status, Map.of(), new Body(0, out -> {}));
    }

    public Reply withStatus(int other) {
        return new Reply(other, headers, body);
    }

    public Reply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Reply(status, more, body);
    }
}
