package dev.kiroku.transfer.source;

import dev.kiroku.core.artifacts.ArtifactPath;
import java.io.IOException;
import java.io.InputStream;

/**
 * A folder of artifacts that is only read. Nothing outside of it is, whatever a path says. Thread-safe.
 *
 * @throws dev.kiroku.model.KirokuException from all methods if access is refused, or the place cannot be reached
 */
public interface ArtifactFolder extends AutoCloseable {
    /**
     * A file.
     *
     * @param size in bytes
     */
    record ArtifactFile(ArtifactPath path, long size) {}

    /** Receives the files of a folder. Both methods may wait, which bounds the memory. */
    interface Visitor {
        /** Called for each file that can be read. */
        void visit(ArtifactFile file) throws IOException;

        /**
         * Called for each file or folder that cannot be read, such as a symbolic link.
         *
         * @param name its path, for a message
         * @param reason a clause, such as {@code permission denied}
         */
        void leaveOut(String name, String reason);
    }

    /** Passes the files in a folder and below it, with paths relative to this root; none if there is no such folder. */
    void list(ArtifactPath folder, Visitor visitor) throws IOException;

    /** Opens a file; the caller closes the stream. Throws {@code KirokuException} with RESOURCE_DOES_NOT_EXIST if there is none. */
    InputStream open(ArtifactPath file) throws IOException;

    @Override
    default void close() {}
}
