package dev.kiroku.artifacts.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of an upload, on this machine's disk until the store has it: memory does not grow with files, nor with the number of clients that
 * upload at the same time, and a part that failed can be sent again.
 */
record UploadPartFile(Path path) implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    static UploadPartFile create() throws IOException {
        return new UploadPartFile(Files.createTempFile("kiroku-part-", null));
    }

    /** Takes the next bytes of the stream in place of those it holds. Returns how many; fewer than the limit when the stream has ended. */
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
