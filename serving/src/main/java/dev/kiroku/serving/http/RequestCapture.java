package dev.kiroku.serving.http;

import dev.kiroku.core.files.PrivateFiles;
import dev.kiroku.serving.protocol.PythonJson;
import dev.kiroku.serving.protocol.ScoringResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends a share of the requests and their responses to a file, as lines of JSON. Only the user of this process may read it. Thread-safe. */
final class RequestCapture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RequestCapture.class);

    private final BufferedWriter writer;
    private final double share;

    /**
     * Opens or creates the file.
     *
     * @param share from 0 to 1
     */
    RequestCapture(Path path, double share) throws IOException {
        this.writer = new BufferedWriter(Channels.newWriter(
                PrivateFiles.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND), StandardCharsets.UTF_8));
        this.share = share;
    }

    void write(String id, String version, String contentType, byte[] request, ScoringResponse answer) {
        if (ThreadLocalRandom.current().nextDouble() >= share) {
            return;
        }
        String line = "{\"time\": \"" + Instant.now() + "\", \"request_id\": " + PythonJson.quote(id)
                + ", \"version\": "
                + PythonJson.quote(version)
                + ", \"content_type\": " + PythonJson.quote(contentType) + ", \"request\": " + quoteBody(request)
                + ", \"status\": " + answer.status()
                + ", \"response\": " + quoteBody(answer.body()) + "}\n";
        synchronized (writer) {
            try {
                writer.write(line);
                writer.flush();
            } catch (IOException e) {
                LOG.warn("a request could not be captured: {}", e.getMessage());
            }
        }
    }

    private static String quoteBody(byte[] body) {
        return PythonJson.quote(new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        synchronized (writer) {
            writer.close();
        }
    }
}
