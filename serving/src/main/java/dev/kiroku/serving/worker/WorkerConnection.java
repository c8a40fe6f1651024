package dev.kiroku.serving.worker;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/** The socket to a worker. Frames have a length of 32 bits before them. Not thread-safe, except for {@link #close}. */
final class WorkerConnection implements AutoCloseable {
    private static final int MAX_FRAME_BYTES = 1 << 30;

    private final SocketChannel channel;
    private final ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);

    WorkerConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /** Writes a frame that {@link FrameWriter} made. */
    void write(ByteBuffer frame) throws IOException {
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /**
     * Waits for the next frame and parses it.
     *
     * @throws IllegalStateException when the worker violates the protocol
     */
    WorkerReply read() throws IOException {
        length.clear();
        readFully(length);
        int size = length.getInt(0);
        if (size <= 0 || size > MAX_FRAME_BYTES) {
            throw new IllegalStateException("the worker sent a frame of " + size + " bytes");
        }
        ByteBuffer frame = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        readFully(frame);
        return WorkerReply.read(frame.flip());
    }

    private void readFully(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the worker closed the connection");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
