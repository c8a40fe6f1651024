package dev.kiroku.server.http;

import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * An endpoint with the operation that answers it, a function of the request and the caller.
 *
 * @param open whether it is for callers who have not signed in, too; such a caller is anonymous
 */
public record EndpointBinding<Q extends Record, R extends Record>(
        Endpoint<Q, R> endpoint, BiFunction<Q, Caller, R> operation, boolean open) {
    /** Creates a binding for callers who have signed in. */
    public EndpointBinding(Endpoint<Q, R> endpoint, BiFunction<Q, Caller, R> operation) {
        this(endpoint, operation, false);
    }

    /** Returns this binding with a check of the caller's permissions before the operation. */
    public EndpointBinding<Q, R> guardedBy(AccessGuard guard) {
        BiConsumer<Q, Caller> check = guard.checkOf(endpoint.request(), endpoint.resources());
        return new EndpointBinding<>(
                endpoint,
                (request, caller) -> {
                    check.accept(request, caller);
                    return operation.apply(request, caller);
                },
                open);
    }
}
