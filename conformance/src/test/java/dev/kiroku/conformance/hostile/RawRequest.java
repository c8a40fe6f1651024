package dev.kiroku.conformance.hostile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request that is sent byte by byte as given, so that it can be invalid in any way.
 *
 * @param headers header lines; Host and Content-Length are added if they are missing
 * @param body null for none
 */
public record RawRequest(String method, String target, List<String> headers, byte[] body) {
    private static final int SHOWN = 600;

    public static RawRequest get(String target) {
        return new RawRequest("GET", target, List.of(), null);
    }

    static RawRequest json(String method, String target, String body) {
        return new RawRequest(
                method, target, List.of("Content-Type: application/json"), body.getBytes(StandardCharsets.UTF_8));
    }

    RawRequest with(String header) {
        List<String> more = new ArrayList<>(headers);
        more.add(header);
        return new RawRequest(method, target, more, body);
    }

    RawRequest withBody(byte[] other) {
        return new RawRequest(method, target, headers, other);
    }

    RawRequest withTarget(String other) {
        return new RawRequest(method, other, headers, body);
    }

    private boolean names(String header) {
        return headers.stream().anyMatch(line -> line.regionMatches(true, 0, header + ":", 0, header.length() + 1));
    }

    /** Returns request line and headers, encoded as UTF-8. */
    byte[] head(String host) {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        if (!names("Host")) {
            head.append("Host: ").append(host).append("\r\n");
        }
        if (body != null && !names("Content-Length") && !names("Transfer-Encoding")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        headers.forEach(line -> head.append(line).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        String text = method + " " + target + " " + headers
                + (body == null ? "" : " " + new String(body, StandardCharsets.ISO_8859_1));
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "… (" + text.length() + " characters)" : text;
    }
}
