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
 * Decides who is answered at all: the Host header must be one of ours (a page of somebody else's, whose name was pointed at this machine,
 * sends its own), and what changes something must not come from a page of another origin.
 */
public final class HostAndOriginFilter {
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> LOOPBACK_HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    private final boolean disabled;
    private final WildcardPatterns hosts;
    private final WildcardPatterns origins;
    private final String frameOptions;

    /**
     * Creates a filter.
     *
     * @param disabled whether any host and origin is accepted
     * @param allowedHosts patterns of accepted Host headers; null or empty for this machine and private networks
     * @param allowedOrigins patterns of accepted origins; null for none beside those of this machine
     * @param frameOptions the value of {@code X-Frame-Options}, or null for none
     */
    public HostAndOriginFilter(
            boolean disabled, List<String> allowedHosts, List<String> allowedOrigins, String frameOptions) {
        this.disabled = disabled;
        this.hosts = allowedHosts == null || allowedHosts.isEmpty()
                ? WildcardPatterns.privateNetworks()
                : WildcardPatterns.of(allowedHosts);
        this.origins = WildcardPatterns.of(allowedOrigins == null ? List.of() : allowedOrigins);
        this.frameOptions = frameOptions;
    }

    /** @throws KirokuException PERMISSION_DENIED when the request is not to be answered */
    public void check(String verb, Function<String, Optional<String>> header) {
        if (disabled) {
            return;
        }
        String host = header.apply("Host").orElse("");
        if (!hosts.matches(host)) {
            throw new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    "Invalid Host header: this server does not answer under that name. If it should, start it with --allowed-hosts.");
        }
        if (SAFE_METHODS.contains(verb)) {
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
                    "Cross-origin request blocked: pages of that origin may not change anything here. If they should, start the server with "
                            + "--cors-allowed-origins.");
        }
    }

    /** The answer to a browser's question whether a page of another origin may send a request. */
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

    /** Adds to every answer what keeps a browser from misusing it. */
    public Response withSecurityHeaders(Response reply, Function<String, Optional<String>> header) {
        String vary = reply.headers().containsKey("Vary") ? reply.headers().get("Vary") + ", Origin" : "Origin";
        Response guarded = reply.withHeader("X-Content-Type-Options", "nosniff").withHeader("Vary", vary);
        if (frameOptions != null) {
            guarded = guarded.withHeader("X-Frame-Options", frameOptions);
        }
        Optional<String> origin = header.apply("Origin");
        if (origin.isPresent() && isTrusted(origin.get(), header.apply("Host").orElse(""))) {
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

    private static boolean isHeaderList(String names) {
        return names.matches("[A-Za-z0-9, _-]{0,500}");
    }
}
