package dev.kiroku.core.net;

import static dev.kiroku.model.KirokuException.invalid;

import java.net.InetAddress;

/**
 * A network address, or a range of addresses with a common prefix: {@code 10.0.0.5}, {@code 10.0.0.0/8}, {@code fd00::/8}.
 *
 * @param first an address of the range
 * @param bits the length of the common prefix in bits
 */
public record AddressRange(InetAddress first, int bits) {
    /**
     * Returns the range that {@code text} describes. Host names are not resolved.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE with a message that continues a name: "must be …"
     */
    public static AddressRange parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            InetAddress first = InetAddress.ofLiteral(parts[0]);
            int all = first.getAddress().length * 8;
            int bits = parts.length == 1 ? all : Integer.parseInt(parts[1]);
            if (parts.length <= 2 && bits >= 0 && bits <= all) {
                return new AddressRange(first, bits);
            }
        } catch (IllegalArgumentException e) { // NumberFormatException is one too
            // reported below
        }
        throw invalid("must be addresses such as 10.0.0.5 or ranges such as 10.0.0.0/8 (names are not looked up)");
    }

    /** Returns whether the range contains {@code address}. An IPv4 range contains no IPv6 address, and the reverse. */
    public boolean contains(InetAddress address) {
        byte[] a = first.getAddress();
        byte[] b = address.getAddress();
        if (a.length != b.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if (((a[bit >> 3] ^ b[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
