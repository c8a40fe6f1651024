package dev.kiroku.server.artifacts;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Content types of artifacts, decided by the file name and never by the content. As in MLflow, types of text have no charset: the server
 * does not know the encoding of the file.
 */
final class ContentTypes {
    private static final Set<String> TEXT_EXTENSIONS = Set.of(
            "txt",
            "log",
            "err",
            "cfg",
            "conf",
            "cnf",
            "cf",
            "ini",
            "properties",
            "prop",
            "hocon",
            "toml",
            "yaml",
            "yml",
            "xml",
            "json",
            "js",
            "py",
            "py3",
            "csv",
            "tsv",
            "md",
            "rst",
            "jsonl",
            "ipynb",
            "mlmodel",
            "mlproject",
            "r",
            "sql",
            "sh",
            "java",
            "scala",
            "ts",
            "css");
    private static final Map<String, String> OTHER_TYPES = Map.ofEntries(
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"),
            Map.entry("bmp", "image/bmp"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("mp4", "video/mp4"),
            Map.entry("webm", "video/webm"),
            Map.entry("mp3", "audio/mpeg"),
            Map.entry("wav", "audio/wav"),
            Map.entry("zip", "application/zip"),
            Map.entry("gz", "application/gzip"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("html", "text/html"),
            Map.entry("htm", "text/html"),
            Map.entry("xhtml", "application/xhtml+xml"));

    private ContentTypes() {}

    /** Returns the content type for a file name. */
    static String forFileName(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        String extension = lower.substring(lower.lastIndexOf('.') + 1);
        if (TEXT_EXTENSIONS.contains(extension)) {
            return "text/plain";
        }
        return OTHER_TYPES.getOrDefault(extension, "application/octet-stream");
    }
}
