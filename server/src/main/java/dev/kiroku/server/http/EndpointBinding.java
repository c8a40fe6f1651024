package dev.kiroku.server.http;

import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import java.util.function.BiFunction;

/** An endpoint with the operation that answers it, a function of the request and the caller. */
public record EndpointBinding<Q extends Record, R extends Record>(
        Endpoint<Q, R> endpoint, BiFunction<Q, Caller, R> operation) {}
