package dev.kiroku.cli.config;

/** Who must say who they are. */
public enum AuthMode {
    /** Nobody: whoever reaches the port may do everything. */
    OFF,
    /** Everybody, by a password or token of a user that this server knows. */
    BASIC,
    /** Everybody, to a proxy that names them in a header. */
    PROXY,
    /** Everybody, in either way. */
    BOTH;

    boolean passwords() {
        return this == BASIC || this == BOTH;
    }

    boolean proxies() {
        return this == PROXY || this == BOTH;
    }
}
