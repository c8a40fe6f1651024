package dev.kiroku.model;

/** The one exception that reaches a client: a code to branch on and a message that says what to do. Its text must never hold a secret. */
public final class KirokuException extends RuntimeException {
    private final ErrorCode code;

    public KirokuException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public KirokuException(ErrorCode code, String message, Throwable cause) {
        // A refused request is an answer, not a fault: no stack trace unless something really broke.
        super(message, cause, false, code.httpStatus() == 500);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** A value in the request that cannot be taken (400). */
    public static KirokuException invalid(String format, Object... args) {
        return new KirokuException(ErrorCode.INVALID_PARAMETER_VALUE, text(format, args));
    }

    /** Something named by the request is not there (404). */
    public static KirokuException notFound(String format, Object... args) {
        return new KirokuException(ErrorCode.RESOURCE_DOES_NOT_EXIST, text(format, args));
    }

    /** Something named by the request is there already (400, as MLflow has it). */
    public static KirokuException alreadyExists(String format, Object... args) {
        return new KirokuException(ErrorCode.RESOURCE_ALREADY_EXISTS, text(format, args));
    }

    private static String text(String format, Object[] args) {
        return args.length == 0 ? format : String.format(java.util.Locale.ROOT, format, args);
    }
}
