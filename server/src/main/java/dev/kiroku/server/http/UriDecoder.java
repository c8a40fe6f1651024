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

/** Decodes what stands in a request line, strictly: what is not well formed is refused rather than guessed at. */
public final class UriDecoder {
    private UriDecoder() {}

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

    /** The parts of a path, each decoded; a slash that comes out of the decoding parts no more. */
    public static List<String> decodePath(String raw) {
        return Router.splitPath(raw).stream().map(part -> decode(part, false)).toList();
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
                            ErrorCode.BAD_REQUEST,
                            "The address has a % that is not followed by two hexadecimal digits.");
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
            if (decoded.indexOf('\0') >= 0) { // nothing that can be named has one, and PostgreSQL fails on it
                throw KirokuException.invalid("The address has the character NUL in it.");
            }
            return decoded;
        } catch (CharacterCodingException e) {
            throw new KirokuException(ErrorCode.BAD_REQUEST, "The address is not valid UTF-8.", e);
        }
    }
}
