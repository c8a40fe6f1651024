package dev.kiroku.conformance;

/** A running server under comparison. */
public interface ConformanceServer extends AutoCloseable {
    String name();

    /** Where it listens, without a trailing slash. */
    String uri();

    /** What its artifact URIs begin with. */
    String artifactRoot();

    @Override
    void close();
}
