package dev.kiroku.server;

import dev.kiroku.server.http.Response;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Sends a reply. Status and headers go out with the first byte of the body, so that what fails before can still be answered otherwise.
 * Only what can fail late, the body of a file, comes here bit by bit.
 */
final class ResponseSender extends OutputStream {
    private final Response response;
    private final ServerResponse connection;
    private OutputStream body;

    ResponseSender(Response reply, ServerResponse to) {
        this.response = reply;
        this.connection = to;
    }

    /** @param head only status and headers are asked for */
    void send(boolean head) throws IOException {
        if (head || response.body().length() == 0) {
            sendHead();
            connection.send();
            return;
        }
        response.body().writer().writeTo(this);
        if (body != null) { // closed only when all is written: closing is what ends an answer well
            body.close();
        }
    }

    /** Whether it is too late for another answer. */
    boolean isCommitted() {
        return body != null || connection.isSent();
    }

    private void sendHead() {
        connection.status(response.status());
        response.headers().forEach(connection::header);
        long length = response.body().length();
        if (length >= 0 && response.status() != 204 && response.status() != 304) {
            connection.header(HeaderNames.CONTENT_LENGTH, Long.toString(length));
        }
    }

    private OutputStream openBody() {
        if (body == null) {
            sendHead();
            body = connection.outputStream();
        }
        return body;
    }

    @Override
    public void write(int b) throws IOException {
        openBody().write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        openBody().write(bytes, offset, length);
    }
}
