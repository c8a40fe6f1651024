package dev.kiroku.serving.source;

import java.io.IOException;
import java.nio.file.Path;

/** A model URI that can be resolved and downloaded. Thread-safe. */
public interface ModelSource {
    /**
     * A version of the model.
     *
     * @param label for people: {@code iris-classifier/3}, or the URI of a model without versions
     * @param location the URI of its files, which may contain credentials
     */
    record ResolvedVersion(String label, String location) {
        /** Masks credentials in the label. */
        public ResolvedVersion {
            label = UriMasker.mask(label);
        }
    }

    /** Returns the URI as it was configured, which may contain credentials. */
    String uri();

    /** Returns whether the URI may resolve to another version later, because it has an alias, a stage or {@code latest}. */
    boolean canChange();

    /**
     * Returns the version that the URI resolves to now.
     *
     * @throws IOException if the tracking server cannot be reached, or there is no such model
     */
    ResolvedVersion resolve() throws IOException;

    /**
     * Returns a local directory with the files of a version, and downloads them first if necessary.
     *
     * @throws IOException if the files cannot be downloaded
     */
    Path fetch(ResolvedVersion version) throws IOException;
}
