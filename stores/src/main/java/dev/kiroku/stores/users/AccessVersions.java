package dev.kiroku.stores.users;

import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The versions of what users may do. What is cached about a user is valid for the sum of a version that all users share and one of the user:
 * both only grow, so that the sum is the same only while both are. So a grant to one user does not invalidate what is cached about others.
 *
 * <p>A third version changes with either of them and with all else that a sign-in depends on. Reading this one number tells that nothing has
 * changed.
 */
final class AccessVersions {
    /** The version of a user, in a query of the tables {@code users u} and {@code access_version v}. */
    static final String OF_USER = "v.version + u.version as version";

    private AccessVersions() {}

    /** Returns the version of a user who has no account. */
    static long getShared(Transaction tx) throws SQLException {
        return tx.queryLong(Sql.of("select version from access_version where id = 1"))
                .orElseThrow();
    }

    /** Returns the version of a user, or empty if there is no such user. */
    static Optional<Long> find(Transaction tx, long userKey) throws SQLException {
        return tx.queryLong(Sql.of(
                "select " + OF_USER + " from users u join access_version v on v.id = 1 where u.user_key = ?", userKey));
    }

    /** Returns the version of everything that sign-ins depend on. */
    static long getSignIn(Transaction tx) throws SQLException {
        return tx.queryLong(Sql.of("select version from access_version where id = 2"))
                .orElseThrow();
    }

    /** Invalidates what is cached about all users, when the transaction is committed. */
    static void changeShared(Transaction tx) throws SQLException {
        tx.update(Sql.of("update access_version set version = version + 1 where id = 1"));
        changeSignIn(tx);
    }

    /** Invalidates what is cached about one user, when the transaction is committed. */
    static void changeUser(Transaction tx, long userKey) throws SQLException {
        tx.update(Sql.of("update users set version = version + 1 where user_key = ?", userKey));
        changeSignIn(tx);
    }

    /** Makes every sign-in be read again, when the transaction is committed: a password, a token or an account has changed. */
    static void changeSignIn(Transaction tx) throws SQLException {
        tx.update(Sql.of("update access_version set version = version + 1 where id = 2"));
        tx.changeShared();
    }
}
