package dev.kiroku.server.security;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.server.http.Response;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Protection against DNS rebinding and cross-site request forgery. The Host header must be an accepted one: a page whose name was pointed at
 * this machine sends its own name. A request that changes something must not come from a page of another origin. Thread-safe.
 */
public final class HostAndOriginFilter {
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    private final boolean disabled;
    private final WildcardPatterns hosts;
    private final WildcardPatterns origins;
    private final String frameOptions;
    private final int hstsSeconds;

    /**
     * Creates a filter.
     *
     * @param disabled whether any host and origin is accepted
     * @param allowedHosts patterns of accepted Host headers; null or empty for this machine and private networks
     * @param allowedOrigins patterns of accepted origins; null for none beside those of this machine
     * @param frameOptions the value of {@code X-Frame-Options}, or null for none
     * @param hstsSeconds how long browsers shall use HTTPS only; 0 for a server without TLS
     */
    public HostAndOriginFilter(
            boolean disabled,
            List<String> allowedHosts,
            List<String> allowedOrigins,
            String frameOptions,
            int hstsSeconds) {
        this.disabled = disabled;
        this.hosts = allowedHosts == null || allowedHosts.isEmpty()
                ? WildcardPatterns.privateNetworks()
                : WildcardPatterns.of(allowedHosts);
        this.origins = WildcardPatterns.of(allowedOrigins == null ? List.of() : allowedOrigins);
        this.frameOptions = frameOptions;
        this.hstsSeconds = hstsSeconds;
    }

    /**
     * Checks host and origin.
     *
     * @param method the HTTP method
     * @param header returns the first value of a header
     * @throws KirokuException with {@code PERMISSION_DENIED} if one of them is not accepted
     */
    public void check(String method, Function<String, Optional<String>> header) {
        if (disabled) {
            return;
        }
        String host = header.apply("Host").orElse("");
        if (!hosts.matches(host)) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    "Invalid Host header: the server does not accept this name. To accept it, start the server with --allowed-hosts.");
        }
        if (SAFE_METHODS.contains(method)) {
            return;
        }
        Optional<String> origin = header.apply("Origin");
        boolean foreign = origin.isPresent()
                ? !isTrusted(origin.get(), host)
                : header.apply("Sec-Fetch-Site")
                        .filter(site -> site.equals("cross-site"))
                        .isPresent();
        if (foreign) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    "Cross-origin request blocked: the server does not accept changes from pages of this origin. To accept them, start the server"
                            + " with --cors-allowed-origins.");
        }
    }

    /**
     * Returns the response to a preflight request (CORS).
     *
     * @throws KirokuException with {@code PERMISSION_DENIED} if the origin is not accepted
     */
    public Response preflight(Function<String, Optional<String>> header) {
        Optional<String> origin = header.apply("Origin");
        if (origin.isPresent() && !isTrusted(origin.get(), header.apply("Host").orElse(""))) {
            throw new KirokuException(ErrorCode.PERMISSION_DENIED, "Cross-origin request blocked.");
        }
        return Response.empty(204)
                .withHeader("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
                .withHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS")
                .withHeader(
                        "Access-Control-Allow-Headers",
                        header.apply("Access-Control-Request-Headers")
                                .filter(HostAndOriginFilter::isHeaderList)
                                .orElse("Content-Type"))
                .withHeader("Access-Control-Max-Age", "600");
    }

    /** Returns the response with headers that restrict what browsers do with it, and with those of CORS for an accepted origin. */
    public Response withSecurityHeaders(Response reply, Function<String, Optional<String>> header) {
        String vary = reply.headers().containsKey("Vary") ? reply.headers().get("Vary") + ", Origin" : "Origin";
        Response guarded = reply.withHeader("X-Content-Type-Options", "nosniff").withHeader("Vary", vary);
        if (frameOptions != null) {
            guarded = guarded.withHeader("X-Frame-Options", frameOptions);
        }
        String host = header.apply("Host").orElse("");
        if (hstsSeconds > 0 && !isLoopback(host)) {
            guarded = guarded.withHeader("Strict-Transport-Security", "max-age=" + hstsSeconds);
        }
        Optional<String> origin = header.apply("Origin");
        if (origin.isPresent() && isTrusted(origin.get(), host)) {
            guarded = guarded.withHeader("Access-Control-Allow-Origin", origin.get())
                    .withHeader("Access-Control-Expose-Headers", "*");
        }
        return guarded;
    }

    private boolean isTrusted(String origin, String host) {
        if (disabled || origins.matches(origin)) {
            return true;
        }
        try {
            URI uri = new URI(origin);
            String authority = uri.getRawAuthority();
            return authority != null
                    && uri.getHost() != null
                    && (authority.equalsIgnoreCase(host)
                            || LOOPBACK_HOSTS.contains(uri.getHost().toLowerCase(Locale.ROOT)));
        } catch (java.net.URISyntaxException e) {
            return false;
        }
    }

    /** Returns whether a Host header names this machine. Browsers apply HSTS to all ports of a name, and thus to other programs here. */
    private static boolean isLoopback(String host) {
        return LOOPBACK_HOSTS.contains(host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT));
    }

    private static boolean isHeaderList(String names) {
        return names.matches("[A-Za-z0-9, _-]{0,500}");
    }
}
