package dev.kiroku.serving.http;

import dev.kiroku.serving.protocol.Answer;
import dev.kiroku.serving.protocol.JsonText;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a share of the requests with their answers, a line of JSON each. */
final class Capture implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Capture.class);

    private final BufferedWriter file;
    private final double share;

    Capture(Path path, double share) throws IOException {
        this.file = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        this.share = share;
    }

    void keep(String id, String version, String contentType, byte[] request, Answer answer) {
        if (ThreadLocalRandom.current().nextDouble() >= share) {
            return;
        }
        String line = "{\"time\": \"" + Instant.now() + "\", \"request_id\": " + JsonText.quoted(id) + ", \"version\": "
                + JsonText.quoted(version)
                + ", \"content_type\": " + JsonText.quoted(contentType) + ", \"request\": " + text(request)
                + ", \"status\": " + answer.status()
                + ", \"response\": " + text(answer.body()) + "}\n";
        synchronized (file) {
            try {
                file.write(line);
                file.flush();
            } catch (IOException e) {
                LOG.warn("a request could not be captured: {}", e.getMessage());
            }
        }
    }

    private static String text(byte[] body) {
        return JsonText.quoted(new String(body, StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        synchronized (file) {
            file.close();
        }
    }
}
