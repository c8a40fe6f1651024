package dev.kiroku.server;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import java.util.function.BiFunction;

/** An endpoint and the method that answers it, given the request and who sent it. */
public record Binding<Q extends Record, R extends Record>(Endpoint<Q, R> endpoint, BiFunction<Q, Caller, R> method) {
    /** The same, on a server that was started without it. @param why what the client is told */
    public Binding<Q, R> turnedOff(String why) {
        return new Binding<>(endpoint, (request, caller) -> {
            throw new KirokuException(ErrorCode.NOT_IMPLEMENTED, why);
        });
    }
}
