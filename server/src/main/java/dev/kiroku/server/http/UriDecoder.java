package dev.kiroku.server.http;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Strict decoder of request targets: malformed input is refused. */
public final class UriDecoder {
    private UriDecoder() {}

    /**
     * Returns the parameters of a query string, each with its values in their order.
     *
     * @param raw may be null or empty
     * @throws KirokuException if it is not valid percent-encoded UTF-8, or contains NUL
     */
    public static Map<String, List<String>> decodeQuery(String raw) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        if (raw == null || raw.isEmpty()) {
            return parameters;
        }
        for (String pair : raw.split("&")) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
            if (!name.isEmpty()) {
                parameters.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
            }
        }
        return parameters;
    }

    /**
     * Returns the decoded segments of a path. An encoded slash does not separate segments.
     *
     * @throws KirokuException as {@link #decodeQuery}
     */
    public static List<String> decodePath(String raw) {
        return Router.splitPath(raw).stream()
                .map(segment -> decode(segment, false))
                .toList();
    }

    private static String decode(String text, boolean plusIsBlank) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new KirokuException(
                            ErrorCode.BAD_REQUEST, "The URL has a % that is not followed by two hexadecimal digits.");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(plusIsBlank && raw[i] == '+' ? ' ' : raw[i]);
            }
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            if (decoded.indexOf('\0') >= 0) { // no name contains it, and PostgreSQL fails on it
                throw KirokuException.invalid("The URL contains the character NUL.");
            }
            return decoded;
        } catch (CharacterCodingException e) {
            throw new KirokuException(ErrorCode.BAD_REQUEST, "The URL is not valid UTF-8.", e);
        }
    }
}
