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

/** Seals webhooks' secrets before they are kept (AES-256-GCM). Without a key they are kept as they are; they are given out in neither case. */
public final class SecretCipher {
    private static final String ENCRYPTED_PREFIX = "aes-gcm:";
    private static final String PLAIN_PREFIX = "plain:";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random;

    private SecretCipher(SecretKeySpec key, SecureRandom random) {
        this.key = key;
        this.random = random;
    }

    /**
     * @param key 32 bytes in base64, as MLflow's keys are (with - and _), or null for none
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE, going on from the name of what was given: "must be …"
     */
    public static SecretCipher of(String key, SecureRandom random) {
        return new SecretCipher(key == null ? null : new SecretKeySpec(decodeKey(key), "AES"), random);
    }

    /** @return its bytes */
    public static byte[] decodeKey(String key) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(key.replace('+', '-').replace('/', '_'));
            if (bytes.length == 32) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message for both
        }
        throw invalid("must be 32 random bytes in base64; 'openssl rand -base64 32' makes such a key");
    }

    String encrypt(String secret) {
        if (secret == null || secret.isEmpty()) {
            return null;
        }
        if (key == null) {
            return PLAIN_PREFIX + secret;
        }
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(secret.getBytes(UTF_8));
            return ENCRYPTED_PREFIX
                    + Base64.getEncoder()
                            .encodeToString(ByteBuffer.allocate(NONCE_BYTES + sealed.length)
                                    .put(nonce)
                                    .put(sealed)
                                    .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IllegalStateException with a message for the delivery log when it was sealed with another key */
    String decrypt(String sealed) {
        if (sealed == null) {
            return null;
        }
        if (sealed.startsWith(PLAIN_PREFIX)) {
            return sealed.substring(PLAIN_PREFIX.length());
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(sealed.substring(ENCRYPTED_PREFIX.length()));
            byte[] secret = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(bytes, NONCE_BYTES))
                    .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
            return new String(secret, UTF_8);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalStateException(
                    "The webhook's secret was kept with another key; start the server with that one, or set the secret anew.");
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
