package dev.kiroku.server.artifacts;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** The header that names a download (RFC 6266), escaped so that no file name can end it or begin another header. */
final class ContentDisposition {
    private ContentDisposition() {}

    /** Returns the value of the header for a file name. */
    static String attachment(String fileName) {
        String ascii =
                Normalizer.normalize(fileName, Normalizer.Form.NFKD).replaceAll("[^A-Za-z0-9 ._+@=,()\\[\\]-]", "_");
        String encoded = URLEncoder.encode(fileName, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
        String plain = "attachment; filename=\"" + (ascii.isBlank() ? "download" : ascii) + "\"";
        return ascii.equals(fileName) ? plain : plain + "; filename*=UTF-8''" + encoded;
    }
}
