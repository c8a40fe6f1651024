package dev.kiroku.core.webhooks;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookUrlPolicyTest {
    private final WebhookUrlPolicy guarded = new WebhookUrlPolicy(List.of("http", "https"), false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://127.9.9.9:8080/x",
                "http://localhost/",
                "http://[::1]/",
                "http://[::]/",
                "http://0.0.0.0/",
                "http://0.1.2.3/",
                "http://10.0.0.1/",
                "http://172.16.0.1/",
                "http://172.31.255.255/",
                "http://192.168.1.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://100.64.0.1/",
                "http://198.18.0.1/",
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://240.0.0.1/",
                "http://192.0.0.192/",
                "http://[fe80::1]/",
                "http://[fc00::1]/",
                "http://[fd00:ec2::254]/",
                "http://[ff02::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://[::127.0.0.1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[64:ff9b:1::a00:1]/",
                "http://[2002:7f00:1::]/",
                "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
                "http://[2001:db8::1]/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://127.1/",
                "http://127.0.0.1./",
                "http://user@8.8.8.8/",
                "http://8.8.8.8@127.0.0.1/",
                "http://8.8.8.8:80@localhost/",
                "http:///x",
                "http:127.0.0.1",
                "//127.0.0.1/",
                "ftp://8.8.8.8/",
                "file:///etc/passwd",
                "jar:http://8.8.8.8!/",
                "",
                " ",
                "http://8.8.8.8/\r\nX-Evil: 1",
                "http://no-such-host.invalid/",
                "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/"
            })
    void forbiddenUrlsAreRejected(String url) {
        KirokuException refused = assertThrows(KirokuException.class, () -> guarded.check(url));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://8.8.8.8/",
                "https://1.1.1.1:8443/hook?x=1",
                "http://[2606:4700:4700::1111]/",
                "http://172.32.0.1/",
                "http://100.128.0.1/"
            })
    void publicUrlsAreAccepted(String url) {
        assertDoesNotThrow(() -> guarded.check(url));
    }

    @Test
    void httpAndPrivateAddressesAreAcceptedWhenAllowed() {
        assertDoesNotThrow(() -> new WebhookUrlPolicy(List.of("http"), true).check("http://127.0.0.1:9/"));
        assertThrows(
                KirokuException.class, () -> new WebhookUrlPolicy(List.of("https"), true).check("http://127.0.0.1:9/"));
    }

    @ParameterizedTest
    @CsvSource({
        "::ffff:10.0.0.1, false",
        "::ffff:8.8.8.8, true",
        "2600::1, true",
        "3fff::1, false",
        "4000::1, false",
        "9.9.9.9, true"
    })
    void onlyGlobalUnicastAddressesArePublic(String address, boolean expected) {
        assertEquals(expected, WebhookUrlPolicy.isPublic(InetAddress.ofLiteral(address)));
    }

    @Test
    void secretsAreDecryptedOnlyWithTheirKey() {
        SecureRandom random = new SecureRandom();
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        SecretCipher box = SecretCipher.of(Base64.getUrlEncoder().encodeToString(bytes), random);
        String sealed = box.encrypt("hush hush");
        assertTrue(!sealed.contains("hush") && !sealed.equals(box.encrypt("hush hush")), sealed);
        assertEquals("hush hush", box.decrypt(sealed));
        random.nextBytes(bytes);
        SecretCipher other = SecretCipher.of(Base64.getEncoder().encodeToString(bytes), random);
        assertThrows(IllegalStateException.class, () -> other.decrypt(sealed));
        SecretCipher none = SecretCipher.of(null, random);
        assertThrows(IllegalStateException.class, () -> none.decrypt(sealed));
        assertEquals("hush hush", box.decrypt(none.encrypt("hush hush")), "secrets stored before a key was configured");
        assertNull(box.encrypt(""));
    }

    @Test
    void retryAfterIsParsedAsSecondsOrDate() {
        Instant now = Instant.parse("2026-11-24T22:00:00Z");
        assertEquals(Duration.ofSeconds(7), WebhookDispatcher.parseRetryAfter("7", now));
        assertEquals(Duration.ofMinutes(2), WebhookDispatcher.parseRetryAfter("Tue, 24 Nov 2026 22:02:00 GMT", now));
        assertEquals(Duration.ZERO, WebhookDispatcher.parseRetryAfter("Tue, 24 Nov 2026 21:00:00 GMT", now));
        assertNull(WebhookDispatcher.parseRetryAfter("soon", now));
        assertNull(WebhookDispatcher.parseRetryAfter(null, now));
    }
}
