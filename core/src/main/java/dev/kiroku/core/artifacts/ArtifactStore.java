package dev.kiroku.core.artifacts;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.artifacts.FileInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Where artifacts are kept: files in folders, below one root. A file is there as a whole or not at all. An {@link IOException} means that
 * the store failed, or that the client's bytes broke off; what a request has got wrong is a KirokuException.
 */
public interface ArtifactStore {
    /**
     * @param size bytes
     * @param etag changes whenever the content does; without quotes
     */
    record Stat(long size, String etag) {}

    /** The entries of a folder by name, with paths from the store's root; none when there is no such folder. */
    List<FileInfo> list(ArtifactPath folder) throws IOException;

    /** Empty when there is no such file; a folder is no file. */
    Optional<Stat> stat(ArtifactPath file) throws IOException;

    /**
     * Reads {@code length} bytes from {@code offset} on, both within the file.
     *
     * @param seen what {@link #stat} said of the file, so that no answer is put together from two contents
     * @throws KirokuException RESOURCE_DOES_NOT_EXIST when the file is gone, TEMPORARILY_UNAVAILABLE when it has changed
     */
    InputStream read(ArtifactPath file, Stat seen, long offset, long length) throws IOException;

    /**
     * Keeps what the stream gives, replacing what was there. Nothing of it is to be seen until the stream has ended, and nothing ever when
     * it throws.
     *
     * @param length how many bytes will come, or -1 when that is not known
     */
    void write(ArtifactPath file, InputStream content, long length) throws IOException;

    /** Deletes a file, or a folder with all that is in it; it is no error when there is none. */
    void delete(ArtifactPath path) throws IOException;

    /** What {@link #read} throws when the file is no longer the one that was looked at. */
    static KirokuException changedException(ArtifactPath file) {
        return new KirokuException(
                ErrorCode.TEMPORARILY_UNAVAILABLE,
                "The artifact at '" + file.value() + "' has just been replaced; read it again.");
    }

    /** Ways past this server, where the store has them. */
    default Optional<DirectAccess> directAccess() {
        return Optional.empty();
    }
}
