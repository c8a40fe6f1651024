package dev.kiroku.serving.worker;

import dev.kiroku.serving.protocol.ScoringResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a worker says. Anything else than what is expected is a broken worker: an {@link IllegalStateException}. */
sealed interface WorkerReply {
    /** @param seconds what predict took */
    record Responses(double seconds, List<ScoringResponse> responses) implements WorkerReply {}

    /** The table cannot be answered as a whole. */
    record RetryIndividually(String reason) implements WorkerReply {}

    record Json(String text) implements WorkerReply {}

    static WorkerReply read(ByteBuffer frame) {
        try {
            return switch (frame.get()) {
                case 'A' -> readResponses(frame);
                case 'R' -> new RetryIndividually(text(frame, frame.remaining()));
                case 'J' -> new Json(text(frame, frame.remaining()));
                default -> throw new IllegalStateException("the worker said something that cannot be understood");
            };
        } catch (java.nio.BufferUnderflowException e) {
            throw new IllegalStateException("the worker said less than it announced", e);
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
            throw new IllegalStateException("the worker said less than it announced");
        }
        return length;
    }

    private static String text(ByteBuffer frame, int length) {
        byte[] bytes = new byte[length];
        frame.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
