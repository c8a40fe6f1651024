package dev.kiroku.server;

import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import java.util.function.BiFunction;

/** An endpoint and the method that answers it, given the request and who sent it. */
public record EndpointBinding<Q extends Record, R extends Record>(
        Endpoint<Q, R> endpoint, BiFunction<Q, Caller, R> operation) {}
