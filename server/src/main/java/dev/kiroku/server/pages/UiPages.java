package dev.kiroku.server.pages;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.http.Handler;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import dev.kiroku.server.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Routes of the web UI: the built files of the module {@code ui}, from the class path. The names of files below {@code assets} contain a hash
 * of their content, so browsers may cache them without limit; the page is revalidated on each load.
 */
public final class UiPages {
    /** Scripts and styles are loaded from this server's files only, so that no text of a record or artifact can run as a script. */
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
                    + "connect-src 'self'; media-src 'self' blob:; frame-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'self'; "
                    + "frame-ancestors 'self'";

    private static final Pattern ASSET_NAME =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*\\.(js|css|svg|png|woff2|json)");
    private static final Map<String, String> TYPES = Map.of(
            "js",
            "text/javascript; charset=utf-8",
            "css",
            "text/css; charset=utf-8",
            "svg",
            "image/svg+xml",
            "png",
            "image/png",
            "woff2",
            "font/woff2",
            "json",
            "application/json");

    private final String root;
    private final Handler fallback;
    private final boolean built;

    /**
     * @param root the folder of the pages on the class path, such as {@code /dev/kiroku/ui/}
     * @param fallback the handler of {@code /} if the program was built without pages
     */
    public UiPages(String root, Handler fallback) {
        this.root = root;
        this.fallback = fallback;
        this.built = UiPages.class.getResource(root + "index.html") != null;
    }

    /**
     * Returns the routes of the page and its assets.
     *
     * @param base the path of the pages, such as {@code /kiroku}; or empty
     */
    public List<Route> routes(String base) {
        Route page = new Route(HttpMethod.GET, base + "/", ResourceType.SERVER.read(), this::index);
        Route asset = new Route(HttpMethod.GET, base + "/assets/{name}", ResourceType.SERVER.read(), this::asset);
        return base.isEmpty()
                ? List.of(page, asset)
                : List.of(page, asset, new Route(HttpMethod.GET, base, ResourceType.SERVER.read(), this::index));
    }

    private Response index(Request request) throws IOException {
        if (!built) {
            return fallback.handle(request);
        }
        if (!request.path().endsWith("/")) { // URLs in the page are relative to its folder
            return redirectToFolder(request);
        }
        return file("index.html", "text/html; charset=utf-8", request)
                .orElseThrow(() -> new IllegalStateException("index.html is missing"))
                .withHeader("Cache-Control", "no-cache")
                .withHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .withHeader("Referrer-Policy", "same-origin");
    }

    private Response asset(Request request) throws IOException {
        String name = request.variables().get("name");
        if (ASSET_NAME.matcher(name).matches()) {
            Optional<Response> file =
                    file("assets/" + name, TYPES.get(name.substring(name.lastIndexOf('.') + 1)), request);
            if (file.isPresent()) {
                return file.get().withHeader("Cache-Control", "public, max-age=31536000, immutable");
            }
        }
        throw new KirokuException(
                ErrorCode.ENDPOINT_NOT_FOUND, "No such file. If the server was upgraded, reload the page.");
    }

    /** Returns whether the client accepts a content encoding. */
    static boolean acceptsEncoding(String encoding, Request request) {
        String accepted = request.header("Accept-Encoding").orElse("");
        return Pattern.compile("(^|[,\\s])" + encoding + "($|[,;\\s])")
                .matcher(accepted)
                .find();
    }

    /** Returns a redirect to the same URL with a slash at its end. */
    static Response redirectToFolder(Request request) {
        String last = request.path().substring(request.path().lastIndexOf('/') + 1);
        return Response.empty(302).withHeader("Location", last + "/");
    }

    /** Returns the file in the smallest encoding that the client accepts: Brotli, gzip or none. */
    private Optional<Response> file(String name, String type, Request request) throws IOException {
        for (String[] form : new String[][] {{"br", ".br"}, {"gzip", ".gz"}, {null, ""}}) {
            if (form[0] != null && !acceptsEncoding(form[0], request)) {
                continue;
            }
            try (InputStream in = UiPages.class.getResourceAsStream(root + name + form[1])) {
                if (in != null) {
                    Response reply = Response.of(200, type, in.readAllBytes()).withHeader("Vary", "Accept-Encoding");
                    return Optional.of(form[0] == null ? reply : reply.withHeader("Content-Encoding", form[0]));
                }
            }
        }
        return Optional.empty();
    }
}
