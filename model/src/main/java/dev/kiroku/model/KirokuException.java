package dev.kiroku.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The exception that becomes the response to a request: an error code and a message that says what happened and what to do. The message is
 * sent to the client and must not contain secrets.
 */
public final class KirokuException extends RuntimeException {
    private final ErrorCode code;

    /** Creates an exception without a cause. */
    public KirokuException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /** Creates an exception. It has a stack trace only if its status is 500: other codes are a normal result, and stack traces are slow. */
    public KirokuException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause, false, code.httpStatus() == 500);
        this.code = code;
    }

    /** Returns the error code. */
    public ErrorCode code() {
        return code;
    }

    /** Returns an exception for an invalid value in the request (400). Without {@code args}, {@code format} is the message as it is. */
    public static KirokuException invalid(String format, @Nullable Object... args) {
        return new KirokuException(ErrorCode.INVALID_PARAMETER_VALUE, format(format, args));
    }

    /** Returns an exception for something that does not exist (404). */
    public static KirokuException notFound(String format, @Nullable Object... args) {
        return new KirokuException(ErrorCode.RESOURCE_DOES_NOT_EXIST, format(format, args));
    }

    /** Returns an exception for something that exists already (400, as MLflow responds). */
    public static KirokuException alreadyExists(String format, @Nullable Object... args) {
        return new KirokuException(ErrorCode.RESOURCE_ALREADY_EXISTS, format(format, args));
    }

    private static String format(String format, @Nullable Object[] args) {
        return args.length == 0 ? format : String.format(Locale.ROOT, format, args);
    }
}
