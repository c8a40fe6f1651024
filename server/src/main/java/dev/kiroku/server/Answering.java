package dev.kiroku.server;

import dev.kiroku.server.http.Reply;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Sends a reply. Status and headers go out with the first byte of the body, so that what fails before can still be answered otherwise.
 * Only what can fail late, the body of a file, comes here bit by bit.
 */
final class Answering extends OutputStream {
    private final Reply reply;
    private final ServerResponse to;
    private OutputStream body;

    Answering(Reply reply, ServerResponse to) {
        this.reply = reply;
        this.to = to;
    }

    /** @param head only status and headers are asked for */
    void send(boolean head) throws IOException {
        if (head || reply.body().length() == 0) {
            begin();
            to.send();
            return;
        }
        reply.body().writer().writeTo(this);
        if (body != null) { // closed only when all is written: closing is what ends an answer well
            body.close();
        }
    }

    /** Whether it is too late for another answer. */
    boolean hasBegun() {
        return body != null || to.isSent();
    }

    private void begin() {
        to.status(reply.status());
        reply.headers().forEach(to::header);
        long length = reply.body().length();
        if (length >= 0 && reply.status() != 204 && reply.status() != 304) {
            to.header(HeaderNames.CONTENT_LENGTH, Long.toString(length));
        }
    }

    private OutputStream body() {
        if (body == null) {
            begin();
            body = to.outputStream();
        }
        return body;
    }

    @Override
    public void write(int b) throws IOException {
        body().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        body().write(bytes, offset, length);
    }
}
