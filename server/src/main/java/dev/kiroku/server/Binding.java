package dev.kiroku.server;

import dev.kiroku.model.api.Endpoint;
import java.util.function.Function;

/** An endpoint and the method that answers it. */
public record Binding<Q extends Record, R extends Record>(Endpoint<Q, R> endpoint, Function<Q, R> method) {}
