package dev.kiroku.serving.deploy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The models of a server. Thread-safe. */
public interface ServedModels extends AutoCloseable {
    /** Returns the model at {@code /invocations}. */
    Optional<TrafficRouter> findDefault();

    /**
     * Returns the model at {@code /models/{name}/invocations}, and loads it first if necessary.
     *
     * @throws dev.kiroku.model.KirokuException with {@code TEMPORARILY_UNAVAILABLE} if it cannot be loaded
     */
    Optional<TrafficRouter> findByName(String name);

    /** Returns the models that are loaded. */
    Collection<TrafficRouter> loaded();

    /** Returns whether the server can answer requests. */
    boolean isReady();

    /** Ends the workers at once. Requests that are not answered yet get an error. */
    @Override
    void close();

    /** Returns a single model as the models of a server. */
    static ServedModels single(TrafficRouter model) {
        return new ServedModels() {
            @Override
            public Optional<TrafficRouter> findDefault() {
                return Optional.of(model);
            }

            @Override
            public Optional<TrafficRouter> findByName(String name) {
                return findDefault().filter(only -> only.primary().name().equals(name));
            }

            @Override
            public Collection<TrafficRouter> loaded() {
                return List.of(model);
            }

            @Override
            public boolean isReady() {
                return model.primary().isReady();
            }

            @Override
            public void close() {
                model.close();
            }
        };
    }
}
