package dev.kiroku.artifacts.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A temporary file with a part of an upload until S3 has it. Memory does not grow with the size of files or the number of uploads, and the
 * SDK can send a part again after a failure.
 */
record UploadPartFile(Path path) implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Creates an empty file. The caller closes it. */
    static UploadPartFile create() throws IOException {
        return new UploadPartFile(Files.createTempFile("kiroku-part-", null));
    }

    /** Replaces the content with the next bytes of a stream. Returns their number; fewer than {@code limit} if the stream has ended. */
    long fillFrom(InputStream content, long limit) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long filled = 0;
        try (OutputStream out = Files.newOutputStream(path)) {
            while (filled < limit) {
                int read = content.readNBytes(buffer, 0, (int) Math.min(buffer.length, limit - filled));
                if (read == 0) {
                    break;
                }
                out.write(buffer, 0, read);
                filled += read;
            }
        }
        return filled;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
