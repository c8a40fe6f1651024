package dev.kiroku.server.pages;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.model.api.ResourceType;
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
 * The web UI: the built pages of the module {@code ui}, sent from the class path as they are. Nothing is read before it is asked for.
 * The file names below {@code assets} hold a hash of their content, so browsers may keep them for good; the page that names them is asked
 * for anew each time.
 */
public final class UiPages {
    /** Scripts and styles of our own files alone: nothing that a record or an artifact says can run. Images may be made by the page itself. */
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
                    + "connect-src 'self'; media-src 'self' blob:; frame-src 'self' blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; "
                    + "frame-ancestors 'self'";

    private static final Pattern ASSET_NAME =
            Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*\\.(js|css|svg|png|woff2|json)");
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
     * @param withoutPages answers {@code /} when the program was built without pages
     */
    public UiPages(String root, Handler withoutPages) {
        this.root = root;
        this.fallback = withoutPages;
        this.built = UiPages.class.getResource(root + "index.html") != null;
    }

    /** @param below the path at which the pages stand, such as {@code /kiroku}; or empty */
    public List<Route> routes(String below) {
        Route page = new Route(HttpMethod.GET, below + "/", ResourceType.SERVER.read(), this::index);
        Route asset = new Route(HttpMethod.GET, below + "/assets/{name}", ResourceType.SERVER.read(), this::asset);
        return below.isEmpty()
                ? List.of(page, asset)
                : List.of(page, asset, new Route(HttpMethod.GET, below, ResourceType.SERVER.read(), this::index));
    }

    private Response index(Request request) throws IOException {
        if (!built) {
            return fallback.handle(request);
        }
        if (!request.path().endsWith("/")) { // the addresses in the page are relative to a folder
            return redirectToFolder(request);
        }
        return file("index.html", "text/html; charset=utf-8", request)
                .orElseThrow(() -> new IllegalStateException("the pages have vanished"))
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
                ErrorCode.ENDPOINT_NOT_FOUND,
                "There is no such file. After an upgrade of the server, load the page anew.");
    }

    static boolean acceptsEncoding(String encoding, Request request) {
        String accepted = request.header("Accept-Encoding").orElse("");
        return Pattern.compile("(^|[,\\s])" + encoding + "($|[,;\\s])")
                .matcher(accepted)
                .find();
    }

    /** Sends the client to the same page with a slash at the end of its address. */
    static Response redirectToFolder(Request request) {
        String last = request.path().substring(request.path().lastIndexOf('/') + 1);
        return Response.empty(302).withHeader("Location", last + "/");
    }

    /** The smallest form that the client takes: Brotli, gzip, or the file itself. */
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
