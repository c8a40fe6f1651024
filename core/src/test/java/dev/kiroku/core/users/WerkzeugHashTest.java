package dev.kiroku.core.users;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes that {@code generate_password_hash} of Werkzeug 3.1.9 made. */
class WerkzeugHashTest {
    private static final String HEX = "0".repeat(128);

    @ParameterizedTest
    @CsvSource(textBlock = """
            correct horse battery, scrypt:32768:8:1$YKDeNOAI9uufmqit$5fafb4a855f526afcd2fc81ac978eff8b2044d5be3b4806d844aeede62d08e428f43bfc1a381ddf0e9b5a140be64ff67f3faadffba6af54df040bf2e0b12d44f
            xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, scrypt:1024:8:1$G6iXpl54KAwt1iyF$ce0dd87cfa368a7efdcee2990f5605e4f8b307faf9370c76caf07ab0f50cd1536ebc1e9830f06d8e6c9a92b6481a6874928ae216777537257a32db71b1706643
            pässwörd-日本, pbkdf2:sha256:600000$s4gignykw27An6e0$10b0316d4f75a722171a78b9663f5297e6b02e34675b03d424e249368d6fcf1e
            correct horse battery, pbkdf2:sha512:210000$B6B3EivHwqHhVVt6$bf9951c96579e8b195034047b384cc538a9885b10eae9034b02548567010a7afc8f0dc69efa4c0612e0055a5ee28e2bbbed97d6bbc5b0f59ba659e4700aa2fdb
            correct horse battery, pbkdf2:sha1:1000$uqfxQtHH6ZUEruiN$fbb13646c64e59425d29a9a31ef42d8e540306b1
            """)
    void passwordsAreCompared(String password, String hash) {
        WerkzeugHash parsed = WerkzeugHash.parse(hash).orElseThrow();
        assertTrue(parsed.matches(password));
        assertFalse(parsed.matches(password + "x"));
        assertFalse(parsed.matches(""));
        assertTrue(PasswordHasher.isHash(hash) && PasswordHasher.isImported(hash));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scrypt:1048576:8:1$salt$", // 1 GiB
                "scrypt:32768:8:1000000$salt$",
                "scrypt:32768:999999999:1$salt$",
                "scrypt:999999999:999999999:999999999$salt$",
                "scrypt:32767:8:1$salt$",
                "scrypt:1:8:1$salt$",
                "scrypt:0:8:1$salt$",
                "scrypt:32768:0:1$salt$",
                "scrypt:32768:8:0$salt$",
                "scrypt:-2:8:1$salt$",
                "scrypt:32768:8$salt$",
                "scrypt:32768:8:1$$",
                "scrypt:99999999999999999999:8:1$salt$",
                "pbkdf2:sha512:999999999$salt$",
                "pbkdf2:sha512:0$salt$",
                "pbkdf2:sha256:1000$salt$", // too long a result
                "pbkdf2:md5:1000$salt$",
                "plain$$",
                "$2a$12$",
                ""
            })
    void otherFormsAndAbsurdCostsAreRefused(String start) {
        assertTrue(WerkzeugHash.parse(start + HEX).isEmpty());
        assertFalse(PasswordHasher.isHash(start + HEX));
    }

    @Test
    void hashesOfThisServerAreNotImported() {
        String own = "$2a$12$" + "a".repeat(53);
        assertTrue(PasswordHasher.isHash(own));
        assertFalse(PasswordHasher.isImported(own));
        assertFalse(PasswordHasher.isHash("$2a$31$" + "a".repeat(53)), "takes hours");
    }
}
