package dev.kiroku.cli.config;

/** How callers authenticate. */
public enum AuthMode {
    /** Callers do not authenticate; every caller may do everything. */
    OFF,
    /** By password or token of a user of this server. */
    BASIC,
    /** By a trusted proxy, which passes the user in a header. */
    PROXY,
    /** By either of both. */
    BOTH;

    boolean passwords() {
        return this == BASIC || this == BOTH;
    }

    boolean proxies() {
        return this == PROXY || this == BOTH;
    }
}
