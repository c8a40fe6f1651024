package dev.kiroku.stores.users;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.users.DeviceLoginStore;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.users.LoginApi.LoginStatus;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sign-ins of programs in SQL. */
public final class SqlDeviceLoginStore implements DeviceLoginStore {
    private static final int PENDING = 0;
    private static final int APPROVED = 1;
    private static final int DENIED = 2;
    /** Bounds what callers who have not signed in can store. */
    private static final int MAX_LOGINS = 1000;

    private final Database database;
    private final SqlAuditLog audit;

    /** Creates the store of a database. */
    public SqlDeviceLoginStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    @Override
    public void add(byte[] deviceHash, String userCode, String client, long expiry, long now) {
        database.run(SqlUserStore.WRITE_ORDER_KEY, tx -> {
            tx.update(Sql.of("delete from device_logins where expiration_time <= ?", now));
            if (tx.queryLong(Sql.of("select count(*) from device_logins")).orElse(0L) >= MAX_LOGINS) {
                throw new KirokuException(
                        ErrorCode.REQUEST_LIMIT_EXCEEDED, "Too many sign-ins are pending. Try again in a few minutes.");
            }
            tx.update(Sql.of(
                    "insert into device_logins (device_hash, user_code, client, state, expiration_time) values (?, ?, ?, ?, ?)",
                    deviceHash,
                    userCode,
                    client,
                    PENDING,
                    expiry));
        });
    }

    @Override
    public Optional<String> findClient(String userCode, long now) {
        return database.read(tx -> tx.queryFirst(
                Sql.of(
                        "select client from device_logins where user_code = ? and state = ? and expiration_time > ?",
                        userCode,
                        PENDING,
                        now),
                row -> row.getString("client")));
    }

    @Override
    public boolean decide(String userCode, byte @Nullable [] approvingSession, long now) {
        return database.write(
                SqlUserStore.WRITE_ORDER_KEY,
                tx -> tx.update(Sql.of(
                                """
                                update device_logins set state = ?, approving_session = ?
                                where user_code = ? and state = ? and expiration_time > ?""",
                                approvingSession == null ? DENIED : APPROVED,
                                approvingSession,
                                userCode,
                                PENDING,
                                now))
                        > 0);
    }

    @Override
    public LoginResult finish(byte[] deviceHash, byte[] sessionHash, long expiry, String requestId, long now) {
        Optional<Integer> state = database.read(tx -> tx.queryFirst(
                Sql.of(
                        "select state from device_logins where device_hash = ? and expiration_time > ?",
                        deviceHash,
                        now),
                row -> row.getInt("state")));
        if (state.isPresent() && state.get() == PENDING) {
            return new LoginResult(LoginStatus.PENDING, null); // most requests: they write nothing
        }
        return database.write(
                SqlUserStore.WRITE_ORDER_KEY, tx -> take(tx, deviceHash, sessionHash, expiry, requestId, now));
    }

    private LoginResult take(
            Transaction tx, byte[] deviceHash, byte[] sessionHash, long expiry, String requestId, long now)
            throws SQLException {
        record Approved(String user, @Nullable Long account, String groups, String client) {}
        Optional<Approved> approved = tx.queryFirst(
                Sql.of("""
                        select s.user_name, s.user_key, s.service_groups, d.client from device_logins d
                        join sessions s on s.hash = d.approving_session
                        where d.device_hash = ? and d.state = ? and d.expiration_time > ? and s.expiration_time > ?""", deviceHash, APPROVED, now, now),
                row -> new Approved(
                        row.getString("user_name"),
                        row.getLongOrNull("user_key"),
                        row.getString("service_groups"),
                        row.getString("client")));
        tx.update(Sql.of("delete from device_logins where device_hash = ?", deviceHash));
        if (approved.isEmpty()) {
            return new LoginResult(LoginStatus.DENIED, null);
        }
        Approved login = approved.get();
        tx.update(Sql.of("""
                insert into sessions (hash, user_name, user_key, service_groups, creation_time, expiration_time)
                values (?, ?, ?, ?, ?, ?)""", sessionHash, login.user(), login.account(), login.groups(), now, expiry));
        audit.append(
                tx,
                AuditEvent.of(
                        new ChangeContext(new Caller(login.user(), requestId), now),
                        "session.start",
                        "users/" + login.user(),
                        null,
                        null,
                        Map.of("client", login.client(), "expires", expiry)));
        return new LoginResult(LoginStatus.APPROVED, login.user());
    }
}
