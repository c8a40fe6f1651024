package dev.kiroku.http;

import io.helidon.common.buffers.DataReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/**
 * The content of a chunked body (RFC 9112). It is read in pieces, however long its chunks are announced to be: Helidon's own stream keeps
 * each chunk in memory until all of it has arrived.
 */
final class ChunkedInputStream extends InputStream {
    private static final int MAX_LINE_LENGTH = 256;
    private static final Pattern SIZE = Pattern.compile("([0-9A-Fa-f]{1,15})[ \t]*(;.*)?");

    private final DataReader connection;
    private boolean begun;
    private boolean ended;
    private long remaining;

    /** Creates a stream of the body that begins at the next byte of a connection. */
    ChunkedInputStream(DataReader connection) {
        this.connection = connection;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            if (remaining == 0 && !ended) {
                readSize();
            }
            if (ended) {
                return -1;
            }
            connection.ensureAvailable();
            int count = (int) Math.min(Math.min(length, remaining), connection.available());
            connection.readBuffer(count).read(bytes, offset, count);
            remaining -= count;
            return count;
        } catch (DataReader.InsufficientDataAvailableException e) {
            throw new EOFException("the connection ended within a chunked body");
        } catch (DataReader.IncorrectNewLineException e) {
            throw new IOException("a line of a chunked body has no valid end", e);
        }
    }

    private void readSize() throws IOException {
        if (begun && !readLine().isEmpty()) {
            throw new IOException("a chunk is longer than its size");
        }
        begun = true;
        var size = SIZE.matcher(readLine());
        if (!size.matches()) {
            throw new IOException("the size of a chunk is invalid");
        }
        remaining = Long.parseLong(size.group(1), 16);
        if (remaining == 0) {
            if (!readLine().isEmpty()) {
                throw new IOException("trailers are not accepted");
            }
            ended = true;
        }
    }

    private String readLine() throws IOException {
        int length = connection.findNewLine(MAX_LINE_LENGTH);
        if (length == MAX_LINE_LENGTH) {
            throw new IOException("a line of a chunked body is too long");
        }
        String line = connection.readAsciiString(length);
        connection.skip(2);
        return line;
    }
}
