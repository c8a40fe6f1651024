package dev.kiroku.serving.http;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the model server listens.
 *
 * @param maxBodyBytes a larger body is refused
 * @param readTimeout how long the server waits for a client to send on
 * @param grace for requests under way when the server is told to stop
 * @param accessLog whether each request is told on stderr, as a line of JSON
 * @param capture a file that gets requests and answers; null for none
 * @param captureShare of the requests, from 0 to 1
 */
public record ServingSettings(
        String host,
        int port,
        int maxBodyBytes,
        Duration readTimeout,
        Duration gracePeriod,
        boolean accessLog,
        Path captureFile,
        double captureShare) {}
