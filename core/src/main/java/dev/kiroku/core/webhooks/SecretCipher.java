package dev.kiroku.core.webhooks;

import static dev.kiroku.model.KirokuException.invalid;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the secrets of webhooks for storage, with AES-256-GCM. Without a key they are stored in plain text. They are
 * never returned to clients. Thread-safe.
 */
public final class SecretCipher {
    private static final String ENCRYPTED_PREFIX = "aes-gcm:";
    private static final String PLAIN_PREFIX = "plain:";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final @Nullable SecretKeySpec key;
    private final SecureRandom random;

    private SecretCipher(@Nullable SecretKeySpec key, SecureRandom random) {
        this.key = key;
        this.random = random;
    }

    /**
     * Returns a cipher.
     *
     * @param key 32 bytes in base64 or, as MLflow's keys, in base64url; null for no encryption
     * @throws dev.kiroku.model.KirokuException with INVALID_PARAMETER_VALUE and a message that continues the name of
     *     the option: "must be …"
     */
    public static SecretCipher of(@Nullable String key, SecureRandom random) {
        return new SecretCipher(key == null ? null : new SecretKeySpec(decodeKey(key), "AES"), random);
    }

    /** Returns the bytes of a key; throws as {@link #of}. */
    public static byte[] decodeKey(String key) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(key.replace('+', '-').replace('/', '_'));
            if (bytes.length == 32) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // falls through to the message
        }
        throw invalid("must be 32 random bytes in base64; 'openssl rand -base64 32' makes such a key");
    }

    /** Returns the encrypted secret, or null if there is none. */
    @Nullable String encrypt(@Nullable String secret) {
        if (secret == null || secret.isEmpty()) {
            return null;
        }
        if (key == null) {
            return PLAIN_PREFIX + secret;
        }
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(secret.getBytes(UTF_8));
            return ENCRYPTED_PREFIX
                    + Base64.getEncoder()
                            .encodeToString(ByteBuffer.allocate(NONCE_BYTES + encrypted.length)
                                    .put(nonce)
                                    .put(encrypted)
                                    .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the secret, or null if there is none.
     *
     * @throws IllegalStateException with a message for the delivery log if it was encrypted with another key
     */
    @Nullable String decrypt(@Nullable String encrypted) {
        if (encrypted == null) {
            return null;
        }
        if (encrypted.startsWith(PLAIN_PREFIX)) {
            return encrypted.substring(PLAIN_PREFIX.length());
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(encrypted.substring(ENCRYPTED_PREFIX.length()));
            byte[] secret = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(bytes, NONCE_BYTES))
                    .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
            return new String(secret, UTF_8);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalStateException(
                    "The webhook's secret was encrypted with another key. Start the server with that key, or set the secret again.");
        }
    }

    private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
        if (key == null) {
            throw new GeneralSecurityException("no key");
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }
}
