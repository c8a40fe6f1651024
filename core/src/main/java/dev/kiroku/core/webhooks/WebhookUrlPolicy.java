package dev.kiroku.core.webhooks;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.net.AddressRange;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Decides which URLs webhooks may have: by default none in private networks. The address that is checked is the one
 * that is connected to: a host name is resolved once for both, so that its owner cannot change it in between.
 *
 * @param schemes {@code https}, and {@code http} where allowed
 * @param privateAllowed whether addresses of this machine and of private networks are allowed
 */
public record WebhookUrlPolicy(List<String> schemes, boolean privateAllowed) {
    /** All IPv4 ranges that are not public unicast. Java converts IPv4-mapped IPv6 addresses to IPv4. */
    private static final List<AddressRange> NOT_PUBLIC = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3",
                    // Within public IPv6: reserved (with Teredo), documentation, and embedded IPv4 addresses
                    // (6to4).
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20")
            .map(AddressRange::parse)
            .toList();

    private static final AddressRange PUBLIC_IPV6 = AddressRange.parse("2000::/3");

    public WebhookUrlPolicy {
        schemes = List.copyOf(schemes);
    }

    /**
     * Throws {@link dev.kiroku.model.KirokuException} with INVALID_PARAMETER_VALUE if a webhook must not have this URL.
     */
    void check(String url) {
        resolve(parse(url));
    }

    /** Returns a URL with an allowed scheme, a host and no user; throws as {@link #check} otherwise. */
    URI parse(String url) {
        if (url.isBlank()) {
            throw invalid("Webhook URL cannot be empty or just whitespace: '%s'", url);
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw invalid("Invalid webhook URL: %s at character %d.", e.getReason(), e.getIndex() + 1);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!schemes.contains(scheme)) {
            throw invalid(
                    "Invalid webhook URL scheme: '%s'. Allowed schemes are: %s.", scheme, String.join(", ", schemes));
        }
        if (uri.getHost() == null) {
            throw invalid("Webhook URL must include a hostname.");
        }
        if (uri.getRawUserInfo() != null) {
            throw invalid(
                    "Webhook URL must not contain a user name or password. Set a secret instead, and verify the signature in the receiver.");
        }
        return uri;
    }

    /** Returns the addresses of a host; throws as {@link #check} if one of them is not allowed. */
    List<InetAddress> resolve(URI uri) {
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try {
            List<InetAddress> addresses = List.of(InetAddress.getAllByName(bare));
            if (!privateAllowed && !addresses.stream().allMatch(WebhookUrlPolicy::isPublic)) {
                throw invalid(
                        "Webhook URL must not resolve to a non-public IP address: '%s' is, or resolves to, this machine or a private network. To allow this, "
                                + "start the server with --webhook-allow-private-ips.",
                        bare);
            }
            return addresses;
        } catch (UnknownHostException e) {
            throw invalid("Cannot resolve Webhook URL hostname '%s'.", bare);
        }
    }

    static boolean isPublic(InetAddress address) {
        boolean ipv6 = address.getAddress().length == 16;
        return (!ipv6 || PUBLIC_IPV6.contains(address))
                && NOT_PUBLIC.stream().noneMatch(range -> range.contains(address));
    }
}
