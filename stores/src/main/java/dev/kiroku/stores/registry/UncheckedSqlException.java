package dev.kiroku.stores.registry;

import java.sql.SQLException;
import java.util.Objects;

/**
 * Carries an {@link SQLException} through code of core that calls the store within a transaction. The store unwraps it
 * where the transaction was started, so that conflicts are retried and failures reported as for all other SQL.
 */
final class UncheckedSqlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private UncheckedSqlException(SQLException cause) {
        super(cause);
    }

    /** Reads or writes that may fail with an {@link SQLException}. */
    interface Call<T> {
        T run() throws SQLException;
    }

    /** Writes that may fail with an {@link SQLException}. */
    interface Action {
        void run() throws SQLException;
    }

    /** Returns the result of a call; throws an {@link UncheckedSqlException} in place of its {@link SQLException}. */
    static <T> T unchecked(Call<T> call) {
        try {
            return call.run();
        } catch (SQLException e) {
            throw new UncheckedSqlException(e);
        }
    }

    /** Runs an action; throws an {@link UncheckedSqlException} in place of its {@link SQLException}. */
    static void unchecked(Action action) {
        try {
            action.run();
        } catch (SQLException e) {
            throw new UncheckedSqlException(e);
        }
    }

    /** Returns the result of a call; throws the {@link SQLException} that an {@link UncheckedSqlException} carries. */
    static <T> T unwrapped(Call<T> call) throws SQLException {
        try {
            return call.run();
        } catch (UncheckedSqlException e) {
            throw e.sqlException();
        }
    }

    private SQLException sqlException() {
        return (SQLException) Objects.requireNonNull(getCause());
    }
}
