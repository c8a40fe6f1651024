package dev.kiroku.stores.sql;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Sql;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A lease on work that only one of the servers on a database does at a time: a row of the table {@code leases} with its holder and the time
 * when it expires, by the clock of the database. The holder renews it in each transaction of the work, and so cannot commit after another
 * server acquired it.
 *
 * @param name of the work
 * @param holder unique to this process
 * @param duration after which a lease that is not renewed expires
 */
public record Lease(String name, String holder, Duration duration) {
    /** Acquires the lease if it is free or expired, or renews it; returns whether this holder has it now. */
    public boolean acquire(Transaction tx) throws SQLException {
        String now = tx.dialect().currentTimeMillis();
        int updated = tx.update(Sql.of(
                "update leases set holder = ?, until = " + now + " + ? where name = ? and (holder = ? or until < " + now
                        + ")",
                holder,
                duration.toMillis(),
                name,
                holder));
        if (updated == 1) {
            return true;
        }
        String insert =
                tx.dialect().insertIfAbsent("insert into leases (name, holder, until) values (?, ?, " + now + " + ?)");
        return tx.update(Sql.of(insert, name, holder, duration.toMillis())) == 1;
    }

    /**
     * Renews the lease and locks it until the end of the transaction.
     *
     * @throws KirokuException RESOURCE_CONFLICT if another server has acquired it
     */
    public void renew(Transaction tx) throws SQLException {
        Sql renew = Sql.of(
                "update leases set until = " + tx.dialect().currentTimeMillis() + " + ? where name = ? and holder = ?",
                duration.toMillis(),
                name,
                holder);
        if (tx.update(renew) == 0) {
            throw new KirokuException(
                    ErrorCode.RESOURCE_CONFLICT, "Another server has acquired the lease \"" + name + "\".");
        }
    }

    /** Releases the lease, so that another server can acquire it before it expires. */
    public void release(Transaction tx) throws SQLException {
        tx.update(Sql.of("delete from leases where name = ? and holder = ?", name, holder));
    }
}
