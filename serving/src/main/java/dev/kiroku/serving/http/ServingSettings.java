package dev.kiroku.serving.http;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the HTTP server.
 *
 * @param host the address to listen at
 * @param port 0 for any free port
 * @param maxBodyBytes the limit of a request body
 * @param readTimeout the time limit for the next bytes of a client
 * @param gracePeriod the time limit for requests in progress when the server stops
 * @param accessLog whether each request is logged as a line of JSON
 * @param captureFile a file to which requests and responses are appended; null for none
 * @param captureShare the share of requests that are captured, from 0 to 1
 */
public record ServingSettings(
        String host,
        int port,
        int maxBodyBytes,
        Duration readTimeout,
        Duration gracePeriod,
        boolean accessLog,
        @Nullable Path captureFile,
        double captureShare) {}
