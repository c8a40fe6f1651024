package dev.kiroku.stores.sql;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.SQLException;

/** Errors of opening a database, in one line for the operator. */
final class DatabaseErrors {
    private DatabaseErrors() {}

    /** Returns the exception for a database that cannot be opened. */
    static KirokuException cannotBeOpened(Dialect dialect, Exception cause) {
        return new KirokuException(
                ErrorCode.INVALID_PARAMETER_VALUE,
                "The database %s cannot be opened: %s".formatted(dialect.uri(), rootMessage(cause)),
                cause);
    }

    /** Returns the message of the driver and of what caused it: pools and Flyway wrap the helpful message in others. */
    static String rootMessage(Exception thrown) {
        String message = String.valueOf(thrown.getMessage());
        Throwable root = thrown;
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
            if (cause instanceof SQLException) {
                message = String.valueOf(cause.getMessage());
            }
        }
        return root == thrown || root instanceof SQLException ? message : message + " (" + root + ")";
    }
}
