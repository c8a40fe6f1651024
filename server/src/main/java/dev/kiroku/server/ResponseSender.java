package dev.kiroku.server;

import dev.kiroku.server.http.Response;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Sender of one response. Status and headers are sent with the first byte of the body, so that an error before it can still be answered with
 * another response.
 */
final class ResponseSender extends OutputStream {
    private final Response response;
    private final ServerResponse connection;
    private OutputStream body;

    ResponseSender(Response response, ServerResponse connection) {
        this.response = response;
        this.connection = connection;
    }

    /**
     * Sends the response.
     *
     * @param head whether only status and headers are sent
     */
    void send(boolean head) throws IOException {
        if (head || response.body().length() == 0) {
            sendHead();
            connection.send();
            return;
        }
        response.body().writer().writeTo(this);
        if (body != null) { // not closed after a failure: closing marks the response as complete
            body.close();
        }
    }

    /** Returns whether status and headers have been sent. */
    boolean isCommitted() {
        return body != null || connection.isSent();
    }

    private void sendHead() {
        connection.status(response.status());
        response.headers().forEach(connection::header);
        if (!response.cookies().isEmpty()) {
            connection.header(HeaderNames.SET_COOKIE, response.cookies().toArray(String[]::new));
        }
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
