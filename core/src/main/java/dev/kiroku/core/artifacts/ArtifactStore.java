package dev.kiroku.core.artifacts;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Artifact store: files in folders below one root. A file becomes visible when it is complete, or not at all. Implementations are
 * thread-safe.
 *
 * <p>Methods throw {@link IOException} if the store fails or the uploaded bytes end early, so that a retry may succeed, and
 * {@link KirokuException} if the request is wrong or the operator has to change the configuration.
 */
public interface ArtifactStore extends AutoCloseable {
    /**
     * The state of a file.
     *
     * @param size in bytes
     * @param etag changes with every change of the content; without quotes
     */
    record Stat(long size, String etag) {}

    /** Returns the entries of a folder ordered by name, with paths relative to the store's root; empty if there is no such folder. */
    List<FileInfo> list(ArtifactPath folder) throws IOException;

    /** Returns the state of a file; empty if there is no such file, or if it is a folder. */
    Optional<Stat> stat(ArtifactPath file) throws IOException;

    /**
     * Returns {@code length} bytes of a file, starting at {@code offset}. The caller closes the stream.
     *
     * @param expected the result of {@link #stat}, so that one response never mixes two contents
     * @param offset in bytes; {@code offset + length} must not exceed the size of the file
     * @throws KirokuException RESOURCE_DOES_NOT_EXIST if the file no longer exists, TEMPORARILY_UNAVAILABLE if it has changed
     */
    InputStream read(ArtifactPath file, Stat expected, long offset, long length) throws IOException;

    /**
     * Writes the content of a stream to a file and replaces an existing one. Readers see the previous state until the stream has ended; if
     * the method throws, they never see anything else.
     *
     * @param length the number of bytes of the stream, or -1 if it is not known
     */
    void write(ArtifactPath file, InputStream content, long length) throws IOException;

    /** Deletes a file, or a folder with everything in it. Does nothing if there is none. */
    void delete(ArtifactPath path) throws IOException;

    /** Returns the access to the store that clients can have without this server; empty if the store has none. */
    default Optional<DirectAccess> directAccess() {
        return Optional.empty();
    }

    /** Releases connections. Does nothing if the store has none. */
    @Override
    default void close() {}

    /** Returns the exception of {@link #read} for a file that has changed. */
    static KirokuException changedException(ArtifactPath file) {
        return new KirokuException(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                "The artifact at '" + file.value() + "' has just been replaced; read it again.");
    }
}
