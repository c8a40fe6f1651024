package dev.kiroku.server.pages;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Routes of MLflow's own web UI: the built files of its Python package, from a folder. */
public final class MlflowUiPages {
    /**
     * The least that MLflow's pages need. Their scripts create inline styles, and their chart library evaluates code for WebGL. Scripts are
     * loaded from this server only, inline scripts are forbidden; frames show artifacts that the page has fetched.
     */
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
                    + "font-src 'self' data:; connect-src 'self'; media-src 'self' data: blob:; frame-src 'self' blob:; worker-src 'self' blob:; "
                    + "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff", "font/woff"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("ttf", "font/ttf"),
            Map.entry("eot", "application/vnd.ms-fontobject"));
    private static final List<String> COMPRESSIBLE = List.of("html", "js", "mjs", "css", "json", "txt", "svg");
    /** A name with a hash of the file's content: {@code main.c2f5f8d4.js}. */
    private static final Pattern HASHED_NAME = Pattern.compile(".*[.-][0-9a-f]{8,}\\.(?:.*\\.)?[a-z0-9]+");

    private static final int MIN_COMPRESSED_BYTES = 1024;

    private final Path folder;

    /** @param folder the folder with {@code index.html} */
    public MlflowUiPages(Path folder) {
        this.folder = folder;
    }

    /** Returns the routes of the page and its files. */
    public List<Route> routes() {
        return List.of(
                new Route(HttpMethod.GET, "/", ResourceType.SERVER.read(), this::index),
                new Route(HttpMethod.GET, "/static-files/{path...}", ResourceType.SERVER.read(), this::file));
    }

    private Response index(Request request) throws IOException {
        if (!request.path().endsWith("/")) { // URLs in the page are relative to its folder
            return UiPages.redirectToFolder(request);
        }
        return send(folder.resolve("index.html"), request);
    }

    private Response file(Request request) throws IOException {
        Path file = null;
        try {
            Path named = folder.resolve(request.variables().get("path")).toRealPath();
            // After resolving '..' and links: only files inside the folder are sent.
            file = named.startsWith(folder.toRealPath())
                            && Files.isRegularFile(named)
                            && TYPES.containsKey(extension(named))
                    ? named
                    : null;
        } catch (IOException | java.nio.file.InvalidPathException e) {
            // no such file: reported below
        }
        if (file == null) {
            throw new KirokuException(
                    ErrorCode.ENDPOINT_NOT_FOUND, "No such file. If MLflow was upgraded, reload the page.");
        }
        return send(file, request);
    }

    private static Response send(Path file, Request request) throws IOException {
        String ending = extension(file);
        long size = Files.size(file);
        boolean accepted = UiPages.acceptsEncoding("gzip", request);
        boolean gzip = accepted && size > MIN_COMPRESSED_BYTES && COMPRESSIBLE.contains(ending);
        Response reply = gzip
                ? Response.stream(200, TYPES.get(ending), -1, out -> compress(file, out))
                        .withHeader("Content-Encoding", "gzip")
                : Response.stream(200, TYPES.get(ending), size, out -> Files.copy(file, out));
        boolean hashed = HASHED_NAME.matcher(file.getFileName().toString()).matches();
        reply = reply.withHeader("Vary", "Accept-Encoding")
                .withHeader("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
        return ending.equals("html")
                ? reply.withHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                        .withHeader("Referrer-Policy", "same-origin")
                : reply;
    }

    private static void compress(Path file, OutputStream out) throws IOException {
        GZIPOutputStream zipped = new GZIPOutputStream(out, 8192);
        Files.copy(file, zipped);
        zipped.finish(); // the caller closes the stream
    }

    private static String extension(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
