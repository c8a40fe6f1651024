package dev.kiroku.server.signin;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Settings of the sign-in at an OpenID provider.
 *
 * @param issuer the URL that identifies the provider, below which it publishes its configuration; null if there is no provider
 * @param clientId the ID under which this server is registered with the provider, or null
 * @param clientSecret null for a public client
 * @param scopes what the provider is asked for; contains {@code openid}
 * @param nameClaim the claim with the name of a user
 * @param groupsClaim the claim with the groups of a user; a dot leads to a member of an object, as in {@code realm_access.roles}
 * @param allowedGroups the groups whose members may sign in; empty for every user of the provider
 * @param adminGroup the group of the provider whose members are administrators here
 * @param audiences the accepted audiences of tokens that programs send; empty for the client ID only
 * @param publicUrl the URL of this server for browsers, without a slash at the end; null for that of the request
 * @param certificateAuthorities a PEM file with the authorities that are trusted for connections to the provider; null for those of the JDK
 */
public record OidcSettings(
        URI issuer,
        String clientId,
        String clientSecret,
        List<String> scopes,
        String nameClaim,
        String groupsClaim,
        Set<String> allowedGroups,
        String adminGroup,
        Set<String> audiences,
        URI publicUrl,
        Path certificateAuthorities) {
    /** Returns whether a URL may be called: by HTTPS, or on this machine. */
    public static boolean isSecure(URI url) {
        if ("https".equalsIgnoreCase(url.getScheme())) {
            return url.getHost() != null;
        }
        if (!"http".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
            return false;
        }
        try {
            return url.getHost().equalsIgnoreCase("localhost")
                    || InetAddress.ofLiteral(url.getHost().replaceAll("[\\[\\]]", ""))
                            .isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // a name, which may be anywhere
        }
    }

    @Override
    public String toString() {
        return "OidcSettings[issuer=" + issuer + ", clientId=" + clientId + "]"; // without the secret
    }
}
