package dev.kiroku.transfer.destination;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Endpoint;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Sends records in requests of a bounded size. A request that the server refuses because of what is in it is sent again in halves, so that a
 * record that does not fit is named and all others are taken. While the server is away, requests are repeated for about a minute: taking a
 * record twice has the effect of taking it once.
 */
final class BoundedRequests {
    private static final long MAX_SIZE = 4_000_000;
    private static final int MAX_RECORDS = 500;
    private static final int MAX_ATTEMPTS = 8;
    private static final long FIRST_DELAY_MILLIS = 250;
    private static final Set<ErrorCode> REFUSED_CONTENT =
            EnumSet.of(ErrorCode.INVALID_PARAMETER_VALUE, ErrorCode.BAD_REQUEST);

    private final TrackingClient server;

    BoundedRequests(TrackingClient server) {
        this.server = server;
    }

    /** How records of a kind are named, measured and sent. */
    record Form<T>(
            RecordKind kind, Function<T, String> id, ToLongFunction<T> size, Function<List<T>, TransferResult> send) {}

    /** Sends records. */
    <T> TransferResult send(List<T> records, Form<T> form) {
        TransferResult total = TransferResult.NONE;
        List<T> part = new ArrayList<>();
        long size = 0;
        for (T record : records) {
            long more = form.size.applyAsLong(record);
            if (!part.isEmpty() && (size + more > MAX_SIZE || part.size() == MAX_RECORDS)) {
                total = total.plus(sendPart(part, form));
                part = new ArrayList<>();
                size = 0;
            }
            part.add(record);
            size += more;
        }
        return part.isEmpty() ? total : total.plus(sendPart(part, form));
    }

    private <T> TransferResult sendPart(List<T> part, Form<T> form) {
        try {
            return form.send.apply(part);
        } catch (KirokuException e) {
            if (!REFUSED_CONTENT.contains(e.code())) {
                throw e;
            }
            if (part.size() == 1) {
                TransferResult.Builder refused = new TransferResult.Builder();
                String id = form.id.apply(part.getFirst());
                refused.conflict(form.kind, id, "The server refuses " + id + ": " + e.getMessage());
                return refused.build();
            }
            int half = part.size() / 2;
            return sendPart(part.subList(0, half), form).plus(sendPart(part.subList(half, part.size()), form));
        }
    }

    /** Calls an operation that has the same effect when it is called twice. */
    <Q extends Record, R extends Record> R call(Endpoint<Q, R> endpoint, Q request) {
        for (int attempt = 0; ; attempt++) {
            try {
                return server.call(endpoint, request);
            } catch (KirokuException e) {
                if (e.code() != ErrorCode.TEMPORARILY_UNAVAILABLE
                        || attempt == MAX_ATTEMPTS
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                pause(FIRST_DELAY_MILLIS << attempt, e);
            }
        }
    }

    private static void pause(long millis, KirokuException failure) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }
}
