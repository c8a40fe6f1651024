package dev.kiroku.stores.sql;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Work that only one of the servers on a database does at a time. It belongs to whoever has its row in {@code leases}, until the time there
 * is over; the clock is the database's. Who works under it says so in each transaction, and so never commits after it was taken away.
 *
 * @param name of the work
 * @param holder of this server's process, and no other's
 * @param length for which a holder that says nothing keeps it
 */
public record Lease(String name, String holder, Duration duration) {
    /** Takes what is free or run out, and prolongs what is held already. @return whether it is this holder's now */
    public boolean acquire(Transaction tx) throws SQLException {
        String now = tx.dialect().currentTimeMillis();
        return tx.update(Sql.of(
                        "insert into leases (name, holder, until) values (?, ?, " + now
                                + " + ?) on conflict (name) do update"
                                + " set holder = excluded.holder, until = excluded.until where leases.holder = excluded.holder or leases.until < "
                                + now,
                        name,
                        holder,
                        duration.toMillis()))
                == 1;
    }

    /**
     * Prolongs it, and holds it until the end of the transaction.
     *
     * @throws KirokuException RESOURCE_CONFLICT when another has it by now
     */
    public void renew(Transaction tx) throws SQLException {
        Sql prolong = Sql.of(
                "update leases set until = " + tx.dialect().currentTimeMillis() + " + ? where name = ? and holder = ?",
                duration.toMillis(),
                name,
                holder);
        if (tx.update(prolong) == 0) {
            throw new KirokuException(ErrorCode.RESOURCE_CONFLICT, "Another server does the " + name + " now.");
        }
    }

    /** Gives it up, so that another need not wait. */
    public void release(Transaction tx) throws SQLException {
        tx.update(Sql.of("delete from leases where name = ? and holder = ?", name, holder));
    }
}
