package dev.kiroku.serving.worker;

import dev.kiroku.serving.protocol.ScoringResponse;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A frame from a worker. */
sealed interface WorkerReply {
    /**
     * The responses to the requests of a batch, in their order.
     *
     * @param seconds the duration of predict
     */
    record Responses(double seconds, List<ScoringResponse> responses) implements WorkerReply {}

    /**
     * The batch cannot be predicted together; each request has to be sent alone, as its client sent it.
     *
     * @param reason for the log
     */
    record RetryIndividually(String reason) implements WorkerReply {}

    /** A JSON text: the handshake, or the description of the model for an engine. */
    record Json(String text) implements WorkerReply {}

    /**
     * Parses a frame.
     *
     * @throws IllegalStateException when the frame violates the protocol
     */
    static WorkerReply read(ByteBuffer frame) {
        try {
            return switch (frame.get()) {
                case 'A' -> readResponses(frame);
                case 'R' -> new RetryIndividually(text(frame, frame.remaining()));
                case 'J' -> new Json(text(frame, frame.remaining()));
                default -> throw new IllegalStateException("the worker sent a frame of an unknown kind");
            };
        } catch (BufferUnderflowException e) {
            throw new IllegalStateException("the worker sent a frame that is shorter than its contents", e);
        }
    }

    private static Responses readResponses(ByteBuffer frame) {
        double seconds = frame.getDouble();
        int count = frame.getInt();
        List<ScoringResponse> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int status = frame.getShort();
            String type = frame.get() == 1 ? ScoringResponse.JSON : ScoringResponse.TEXT;
            byte[] body = new byte[requireLength(frame, frame.getInt())];
            frame.get(body);
            answers.add(new ScoringResponse(status, type, body));
        }
        return new Responses(seconds, answers);
    }

    private static int requireLength(ByteBuffer frame, int length) {
        if (length < 0 || length > frame.remaining()) {
            throw new IllegalStateException("the worker sent a frame that is shorter than its contents");
        }
        return length;
    }

    private static String text(ByteBuffer frame, int length) {
        byte[] bytes = new byte[length];
        frame.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
