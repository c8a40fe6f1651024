package dev.kiroku.conformance;

/** A running server that takes part in the comparison. */
public interface ConformanceServer extends AutoCloseable {
    String name();

    /** Returns the base URL, without a trailing slash. */
    String uri();

    /** Returns the prefix of the server's artifact URIs. */
    String artifactRoot();

    @Override
    void close();
}
