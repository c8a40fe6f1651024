package dev.kiroku.stores.dialect;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The kinds of SQL errors that the stores treat differently; {@link Dialect#classify} maps the error codes of a database to them. */
public enum DatabaseErrorKind {
    /** The transaction was rolled back because of concurrent transactions (deadlock, serialization failure). The same may succeed at once. */
    RETRY(ErrorCode.RESOURCE_EXHAUSTED, DatabaseErrorKind.ROLLED_BACK),
    /** Another transaction inserted the same unique key. A repeated attempt sees its row. */
    CONFLICT(ErrorCode.RESOURCE_EXHAUSTED, DatabaseErrorKind.ROLLED_BACK),
    /** The database cannot be reached, does not accept connections, or has no free connection. */
    UNAVAILABLE(
            ErrorCode.TEMPORARILY_UNAVAILABLE, "The database cannot be reached at the moment; try again in a moment."),
    /** A read took longer than {@link Dialect#TIMEOUT}. Not 503 or 504: clients would repeat the expensive search. */
    TIMEOUT(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "The search was cancelled because it takes too long. Narrow it: fewer experiments, or a condition that selects few runs,"
                    + " such as equality on a param or tag."),
    /** The disk of the database is full. */
    FULL(
            ErrorCode.INTERNAL_ERROR,
            "The database has no disk space left; nothing was written. Free space on the disk of the database, then try again."),
    /** Any other error: a defect of the program or of the database. */
    OTHER(ErrorCode.INTERNAL_ERROR, "The database rejected a statement. The log of the server has the details.");

    private static final String ROLLED_BACK =
            "The transaction was rolled back several times because of concurrent changes; nothing was written. Try again in a moment.";

    private final ErrorCode code;
    private final String message;

    DatabaseErrorKind(ErrorCode code, String message) {
        this.code = code;
        this.message = message;
    }

    /** Returns whether the transaction is worth another attempt from its start. */
    public boolean isRetryable() {
        return this == RETRY || this == CONFLICT;
    }

    /** Returns the exception that clients get for an error of this kind. */
    public KirokuException toException(@Nullable SQLException cause) {
        return new KirokuException(code, message, cause);
    }
}
