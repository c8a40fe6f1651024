package dev.kiroku.stores.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.UserStore;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Sql;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users of a database of an earlier version, whose names can differ only in case or Unicode form. */
abstract class UserNamesContract {
    private static final Caller ROOT = new Caller("root", "r");
    private static final String PASSWORD = "correct horse battery";

    private Stores stores;
    private Users users;
    private CredentialVerifier verifier;

    /** Opens an empty database. */
    protected abstract Stores open() throws Exception;

    /** Makes the database as it was before users had canonical names, closes it, and opens it again. */
    protected abstract Stores reopenWithoutCanonicalNames(Stores stores) throws Exception;

    @BeforeEach
    void addUsers() throws Exception {
        stores = open();
        users = new Users(stores.users(), new SecureRandom(), Clock.systemUTC());
        for (String name : List.of("first", "second", "third", "fourth")) {
            users.add(name, PASSWORD, List.of(name + "-group"), ROOT);
        }
        stores.database().run("test", tx -> {
            tx.update(Sql.of("update users set name = ? where name = ?", "Ann", "first"));
            tx.update(Sql.of("update users set name = ? where name = ?", "ann", "second"));
            tx.update(Sql.of("update users set name = ? where name = ?", "BOB", "third"));
            tx.update(Sql.of("update users set name = ? where name = ?", "\uFF41\uFF4E\uFF4E", "fourth"));
        });
        stores = reopenWithoutCanonicalNames(stores);
        users = new Users(stores.users(), new SecureRandom(), Clock.systemUTC());
        verifier = new CredentialVerifier(stores.users(), new SecureRandom(), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        stores.close();
    }

    private String signIn(String name) {
        return verifier.authenticatePassword(name, PASSWORD, "127.0.0.1").name();
    }

    private void assertRefused(String name) {
        KirokuException refusal = assertThrows(KirokuException.class, () -> signIn(name), name);
        assertEquals(ErrorCode.UNAUTHENTICATED, refusal.code());
    }

    @Test
    void nobodySignsInByAFormThatSeveralShare() {
        assertRefused("ann");
        assertRefused("ANN");
        assertEquals("Ann", signIn("Ann"));
        assertEquals(
                Set.of("proxy"),
                verifier.resolveExternalUser("ANN", Set.of("proxy")).groups());
        assertEquals(Set.of(), verifier.resolveExternalUser("ann", Set.of()).groups());
    }

    @Test
    void userWhoseFormIsUniqueSignsInBySeveralSpellings() {
        assertEquals("BOB", signIn("bob"));
        assertEquals("BOB", signIn("Bob"));
        assertEquals("BOB", signIn("BOB"));
        assertEquals(
                Set.of("third-group"),
                verifier.resolveExternalUser("bob", Set.of()).groups());
    }

    @Test
    void tokensIdentifyTheirUser() {
        assertEquals(
                "ann",
                verifier.authenticateToken(
                                users.createToken("ann", "", null, ROOT).value(), "127.0.0.1")
                        .name());
        assertEquals(
                "Ann",
                verifier.authenticateToken(
                                users.createToken("Ann", "", null, ROOT).value(), "127.0.0.1")
                        .name());
    }

    @Test
    void removalOfTheOthersEndsTheAmbiguity() {
        users.remove("Ann", ROOT);
        assertRefused("ann");
        users.remove("\uFF41\uFF4E\uFF4E", ROOT);
        assertEquals("ann", signIn("ann"));
        assertEquals("ann", signIn("ANN"));
        assertEquals(List.of(), stores.users().findAmbiguousNames());
    }

    @Test
    void noFurtherUserWithTheFormIsAdded() {
        for (String name : List.of("ann", "aNN", "bob")) {
            KirokuException refusal =
                    assertThrows(KirokuException.class, () -> users.add(name, PASSWORD, List.of(), ROOT));
            assertEquals(ErrorCode.RESOURCE_ALREADY_EXISTS, refusal.code());
        }
    }

    @Test
    void ambiguousNamesAreReported() {
        assertEquals(
                List.of(List.of("Ann", "ann", "\uFF41\uFF4E\uFF4E")),
                stores.users().findAmbiguousNames());
        assertEquals(Optional.empty(), stores.users().find("ann").map(UserStore.Account::name));
        List<String> messages = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                messages.add(new SimpleFormatter().formatMessage(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(Users.class.getName());
        log.addHandler(handler);
        try {
            users.warnOfAmbiguousNames();
        } finally {
            log.removeHandler(handler);
        }
        assertEquals(1, messages.size(), messages.toString());
        assertTrue(
                messages.getFirst().startsWith("The users Ann, ann, \uFF41\uFF4E\uFF4E differ only in case")
                        && messages.getFirst().contains("kiroku users remove"),
                messages.toString());
    }
}
