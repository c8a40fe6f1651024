package dev.kiroku.core.webhooks;

import static dev.kiroku.model.Strings.abbreviate;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Sends messages to webhooks, signed as MLflow signs them. Makes one attempt per call. Thread-safe. */
public final class WebhookSender {
    private final WebhookHttpClient client;
    private final SecretCipher secretCipher;
    private final InstantSource clock;

    /**
     * Creates a sender.
     *
     * @param clock the time in signatures
     */
    public WebhookSender(WebhookHttpClient sender, SecretCipher secrets, InstantSource clock) {
        this.client = sender;
        this.secretCipher = secrets;
        this.clock = clock;
    }

    /**
     * Sends a message and returns the response.
     *
     * @param encryptedSecret the secret for the signature, or null for none
     * @param id the delivery's id, equal for all attempts, so that receivers can detect duplicates
     * @throws IOException if there is no complete response
     */
    WebhookHttpClient.WebhookResponse send(String url, @Nullable String encryptedSecret, String id, String body)
            throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        String time = Long.toString(clock.millis() / 1000);
        headers.put("Content-Type", "application/json");
        headers.put("X-MLflow-Delivery-Id", id);
        headers.put("X-MLflow-Timestamp", time);
        String secret = secretCipher.decrypt(encryptedSecret);
        if (secret != null) {
            headers.put("X-MLflow-Signature", sign(secret, id, time, body));
        }
        return client.post(url, headers, body);
    }

    private static String sign(String secret, String id, String time, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
            return "v1,"
                    + Base64.getEncoder().encodeToString(mac.doFinal((id + "." + time + "." + body).getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the reason of a failed attempt, for the delivery log. */
    static String errorMessage(Exception e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String text = e instanceof KirokuException || e instanceof IllegalStateException
                ? message
                : e.getClass().getSimpleName() + ": " + message;
        return abbreviate(text, 500);
    }
}
