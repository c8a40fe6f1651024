package dev.kiroku.core.transfer;

/** The kinds of records that an import counts. */
public enum RecordKind {
    EXPERIMENT("experiments"),
    RUN("runs"),
    METRIC_POINT("metric points"),
    LOGGED_MODEL("logged models"),
    REGISTERED_MODEL("registered models"),
    MODEL_VERSION("model versions"),
    WEBHOOK("webhooks"),
    USER("users"),
    ROLE("roles"),
    /** A grant, the password of a user, or membership of a role or group. */
    GRANT("grants");

    private final String plural;

    RecordKind(String plural) {
        this.plural = plural;
    }

    /** Returns the name in a count, such as {@code runs}. */
    public String plural() {
        return plural;
    }
}
