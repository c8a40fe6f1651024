package dev.kiroku.core.net;

import static dev.kiroku.model.KirokuException.invalid;

import java.net.InetAddress;

/** A network address, or all that begin with the same bits: {@code 10.0.0.5}, {@code 10.0.0.0/8}, {@code fd00::/8}. Names are not looked up. */
public record AddressRange(InetAddress first, int bits) {
    /** @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE, going on from the name of what was given: "must be …" */
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
            // falls through to the one message for all
        }
        throw invalid("must be addresses such as 10.0.0.5 or ranges such as 10.0.0.0/8 (names are not looked up)");
    }

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
