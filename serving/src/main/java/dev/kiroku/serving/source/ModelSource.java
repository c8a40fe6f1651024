package dev.kiroku.serving.source;

import java.io.IOException;
import java.nio.file.Path;

/** Where a model comes from, and which version of it is meant at the moment. */
public interface ModelSource {
    /**
     * @param label how people know it: {@code iris-classifier/3}, or the URI where it has no version
     * @param location where its files are
     */
    record ResolvedVersion(String label, String location) {}

    /** The URI as the operator gave it. */
    String uri();

    /** Whether another version may be meant later: by an alias, a stage, "latest". */
    boolean canChange();

    /** The version that is meant now. */
    ResolvedVersion resolve() throws IOException;

    /** The folder with the version's files, on this machine. */
    Path fetch(ResolvedVersion version) throws IOException;
}
