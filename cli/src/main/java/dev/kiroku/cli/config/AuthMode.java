package dev.kiroku.cli.config;

import dev.kiroku.server.security.Authenticator.SignInMethod;
import java.util.Set;

/** How callers authenticate. */
public enum AuthMode {
    /** Callers do not authenticate; every caller may do everything. */
    OFF,
    /** By password or token of a user of this server. */
    BASIC,
    /** By a trusted proxy, which passes the user in a header. */
    PROXY,
    /** By either of both. */
    BOTH,
    /** At an OpenID provider. */
    OIDC;

    /** Returns the ways to authenticate. */
    Set<SignInMethod> methods() {
        return switch (this) {
            case OFF -> Set.of();
            case BASIC -> Set.of(SignInMethod.PASSWORD);
            case PROXY -> Set.of(SignInMethod.PROXY);
            case BOTH -> Set.of(SignInMethod.PASSWORD, SignInMethod.PROXY);
            case OIDC -> Set.of(SignInMethod.OIDC);
        };
    }

    /** Returns whether people sign in with passwords of this server. */
    public boolean usesPasswords() {
        return methods().contains(SignInMethod.PASSWORD);
    }

    boolean proxies() {
        return methods().contains(SignInMethod.PROXY);
    }
}
