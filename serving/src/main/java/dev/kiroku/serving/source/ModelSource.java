package dev.kiroku.serving.source;

import java.io.IOException;
import java.nio.file.Path;

/** Where a model comes from, and which version of it is meant at the moment. */
public interface ModelSource {
    /**
     * @param label how people know it: {@code iris-classifier/3}, or the URI where it has no version
     * @param location where its files are
     */
    record Version(String label, String location) {}

    /** The URI as the operator gave it. */
    String uri();

    /** Whether another version may be meant later: by an alias, a stage, "latest". */
    boolean moves();

    /** The version that is meant now. */
    Version current() throws IOException;

    /** The folder with the version's files, on this machine. */
    Path fetch(Version version) throws IOException;
}
