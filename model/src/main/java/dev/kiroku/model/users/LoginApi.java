package dev.kiroku.model.users;

import static dev.kiroku.model.access.ResourceType.SERVER;
import static dev.kiroku.model.api.Endpoint.HttpMethod.POST;
import static dev.kiroku.model.api.Endpoint.endpoint;

import dev.kiroku.model.api.Empty;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Required;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints by which a program without a browser signs in (as the OAuth 2.0 device authorization grant, RFC 8628): its user opens a page in
 * a browser, compares a code and approves. They are for callers who have not signed in.
 */
public final class LoginApi {
    private LoginApi() {}

    /** @param client what the page shows of the program, such as the name of its machine */
    public record StartLoginRequest(@Nullable String client) {}

    /**
     * @param deviceCode the secret with which the program asks for the result
     * @param userCode the code that the page shows
     * @param expiresIn seconds within which the user must approve
     * @param interval seconds between two requests for the result
     */
    public record StartLoginResponse(String deviceCode, String userCode, long expiresIn, long interval) {}

    /** What the user has decided. */
    public enum LoginStatus {
        /** Nothing yet. */
        PENDING,
        /** The program is signed in. */
        APPROVED,
        /** The program may not sign in, or it has waited too long. */
        DENIED
    }

    /** Asks for the result. The first request after the approval gets the token. */
    public record PollLoginRequest(@Required String deviceCode) {}

    /** @param token what the program sends as {@code Authorization: Bearer}; null unless approved */
    public record PollLoginResponse(
            LoginStatus status,
            @Nullable String token,
            @Nullable String username,
            @Nullable Long expirationTimestamp) {}

    /** Ends the session of a token. */
    public record EndLoginRequest(@Required String token) {}

    /** Starts a sign-in. */
    public static final Endpoint<StartLoginRequest, StartLoginResponse> START =
            endpoint(POST, "/2.0/kiroku/login/start", StartLoginRequest.class, StartLoginResponse.class, SERVER.read());
    /** Asks for the result of a sign-in. */
    public static final Endpoint<PollLoginRequest, PollLoginResponse> POLL =
            endpoint(POST, "/2.0/kiroku/login/poll", PollLoginRequest.class, PollLoginResponse.class, SERVER.read());
    /** Ends a session. */
    public static final Endpoint<EndLoginRequest, Empty> END =
            endpoint(POST, "/2.0/kiroku/login/end", EndLoginRequest.class, Empty.class, SERVER.read());
}
