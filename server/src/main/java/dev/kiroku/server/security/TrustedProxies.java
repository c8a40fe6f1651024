package dev.kiroku.server.security;

import dev.kiroku.core.net.AddressRange;
import dev.kiroku.server.http.Request;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Function;

/** The proxies whose headers about their clients are believed. Any client can send such headers, so those of others are ignored. */
public record TrustedProxies(List<AddressRange> addresses) {
    /** Returns whether a connection comes from one of the proxies. */
    public boolean contains(InetAddress peer) {
        return addresses.stream().anyMatch(range -> range.contains(peer));
    }

    /**
     * Returns the client of a request: of a proxy's request, what {@code X-Forwarded-For} and {@code X-Forwarded-Proto} say.
     *
     * @param peer the address of the other end of the connection
     * @param tls whether the connection is encrypted
     * @param headers returns all values of a header
     */
    public Request.Client client(InetAddress peer, boolean tls, Function<String, List<String>> headers) {
        if (!contains(peer)) {
            return new Request.Client(peer.getHostAddress(), tls);
        }
        boolean secure = tls || lastValue(headers.apply("X-Forwarded-Proto")).equalsIgnoreCase("https");
        String forwarded = lastValue(headers.apply("X-Forwarded-For"));
        try {
            return new Request.Client(InetAddress.ofLiteral(forwarded).getHostAddress(), secure);
        } catch (IllegalArgumentException e) {
            return new Request.Client(peer.getHostAddress(), secure); // not an address
        }
    }

    /** Returns the value that the nearest proxy has added; empty if there is none. */
    private static String lastValue(List<String> values) {
        String last = values.isEmpty() ? "" : values.getLast();
        return last.substring(last.lastIndexOf(',') + 1).strip();
    }
}
