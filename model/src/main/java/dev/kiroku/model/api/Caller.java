package dev.kiroku.model.api;

/**
 * Who sent a request, as far as the server knows; what is kept of changes (audit, approvals) names it.
 *
 * @param name the user's name, or {@link #ANONYMOUS} where nobody has to say who they are
 * @param requestId the id that the answer's {@code X-Request-ID} header and the log have
 */
public record Caller(String name, String requestId) {
    public static final String ANONYMOUS = "anonymous";

    public static Caller anonymous(String requestId) {
        return new Caller(ANONYMOUS, requestId);
    }

    public boolean isAnonymous() {
        return name.equals(ANONYMOUS);
    }
}
