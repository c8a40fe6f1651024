package dev.kiroku.core.users;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.password4j.ScryptFunction;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password hash in a form that Werkzeug writes: {@code scrypt:N:r:p$salt$hex} or {@code pbkdf2:sha256:iterations$salt$hex}. MLflow keeps the
 * passwords of its users so. Hashes whose comparison would take more than a few times the memory or time of Werkzeug's defaults are not accepted.
 */
abstract sealed class WerkzeugHash {
    private static final Pattern SCRYPT =
            Pattern.compile("scrypt:(\\d{1,9}):(\\d{1,9}):(\\d{1,9})\\$([^$]{1,64})\\$([0-9a-f]{128})");
    private static final Pattern PBKDF2 =
            Pattern.compile("pbkdf2:(sha\\d{1,3}):(\\d{1,9})\\$([^$]{1,64})\\$((?:[0-9a-f]{2}){20,64})");
    /** The product N·r·p; Werkzeug's default is 2^18. It bounds the time, and the memory to 128 times as many bytes. */
    private static final long MAX_SCRYPT_COST = 1L << 19;

    private static final int MAX_ITERATIONS = 3_000_000;
    /** The algorithms of the JDK and the bytes of their results. */
    private static final Map<String, Digest> DIGESTS = Map.of(
            "sha1", new Digest("PBKDF2WithHmacSHA1", 20),
            "sha256", new Digest("PBKDF2WithHmacSHA256", 32),
            "sha512", new Digest("PBKDF2WithHmacSHA512", 64));

    private final String salt;
    private final byte[] expected;

    private WerkzeugHash(String salt, String expected) {
        this.salt = salt;
        this.expected = HexFormat.of().parseHex(expected);
    }

    /** Returns the hash of a text; empty if it has no such form or too high a cost. */
    static Optional<WerkzeugHash> parse(String text) {
        Matcher scrypt = SCRYPT.matcher(text);
        if (scrypt.matches()) {
            long n = Long.parseLong(scrypt.group(1));
            long r = Long.parseLong(scrypt.group(2));
            long p = Long.parseLong(scrypt.group(3));
            boolean valid = n > 1 && Long.bitCount(n) == 1 && r > 0 && p > 0;
            return valid && n <= MAX_SCRYPT_COST && r <= MAX_SCRYPT_COST / n && p <= MAX_SCRYPT_COST / (n * r)
                    ? Optional.of(new Scrypt((int) n, (int) r, (int) p, scrypt.group(4), scrypt.group(5)))
                    : Optional.empty();
        }
        Matcher pbkdf2 = PBKDF2.matcher(text);
        if (pbkdf2.matches()) {
            Digest digest = DIGESTS.get(pbkdf2.group(1));
            int iterations = Integer.parseInt(pbkdf2.group(2));
            if (digest != null
                    && iterations > 0
                    && iterations <= MAX_ITERATIONS
                    && pbkdf2.group(4).length() == 2 * digest.bytes()) {
                return Optional.of(new Pbkdf2(digest, iterations, pbkdf2.group(3), pbkdf2.group(4)));
            }
        }
        return Optional.empty();
    }

    /** Returns whether this is the hash of a password. */
    final boolean matches(String password) {
        try {
            return MessageDigest.isEqual(expected, derive(password, salt.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    abstract byte[] derive(String password, byte[] saltBytes) throws GeneralSecurityException;

    private record Digest(String algorithm, int bytes) {}

    private static final class Scrypt extends WerkzeugHash {
        private final int n;
        private final int r;
        private final int p;

        Scrypt(int n, int r, int p, String salt, String expected) {
            super(salt, expected);
            this.n = n;
            this.r = r;
            this.p = p;
        }

        @Override
        byte[] derive(String password, byte[] saltBytes) throws GeneralSecurityException {
            return ScryptFunction.getInstance(n, r, p).scrypt(password.getBytes(UTF_8), saltBytes, 64);
        }
    }

    private static final class Pbkdf2 extends WerkzeugHash {
        private final Digest digest;
        private final int iterations;

        Pbkdf2(Digest digest, int iterations, String salt, String expected) {
            super(salt, expected);
            this.digest = digest;
            this.iterations = iterations;
        }

        @Override
        byte[] derive(String password, byte[] saltBytes) throws GeneralSecurityException {
            PBEKeySpec key = new PBEKeySpec(password.toCharArray(), saltBytes, iterations, 8 * digest.bytes());
            return SecretKeyFactory.getInstance(digest.algorithm())
                    .generateSecret(key)
                    .getEncoded();
        }
    }
}
