package dev.kiroku.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * The names under which limits count what a client uses: its address and, if it has signed in, its user.
 *
 * @param names equal for requests of the same address or user
 */
public record ClientKey(List<Object> names) {
    private static final int NETWORK_BYTES = 8;

    /** A user's name, which is not the name of an address. */
    private record User(String name) {}

    /** Returns the key of a client that has not signed in. */
    public static ClientKey of(InetAddress address) {
        return new ClientKey(List.of(network(address)));
    }

    /** Returns the key of a user at an address. */
    public static ClientKey of(InetAddress address, String user) {
        return new ClientKey(List.of(network(address), new User(user)));
    }

    /** Returns an IPv4 address, or the network of an IPv6 address: each client has a whole one (/64). */
    private static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = Arrays.copyOf(Arrays.copyOf(address.getAddress(), NETWORK_BYTES), address.getAddress().length);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // the length is that of an address
        }
    }
}
