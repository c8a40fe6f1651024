package dev.kiroku.model.users;

/**
 * The time between a sign-in, in a browser or with {@code kiroku login}, and its end.
 *
 * @param id names the session when it is ended; not secret
 * @param creationTimestamp milliseconds since 1970
 * @param expirationTimestamp milliseconds since 1970
 * @param current whether the request that lists it was sent in it
 */
public record Session(String id, String user, Long creationTimestamp, Long expirationTimestamp, Boolean current) {
    /** Returns this session as the one of the request, or as another. */
    public Session withCurrent(boolean isCurrent) {
        return new Session(id, user, creationTimestamp, expirationTimestamp, isCurrent);
    }
}
