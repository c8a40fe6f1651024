package dev.kiroku.serving.deploy;

import java.util.Collection;
import java.util.List;

/** The models that a server has. */
public interface ServedModels extends AutoCloseable {
    /** The one at {@code /invocations}; null when there is none. */
    TrafficRouter findDefault();

    /**
     * The one at {@code /models/{name}/invocations}, loaded first where that is needed; null when there is none of that name.
     *
     * @throws dev.kiroku.model.KirokuException TEMPORARILY_UNAVAILABLE when it cannot be loaded
     */
    TrafficRouter findByName(String name);

    /** Those that are loaded. */
    Collection<TrafficRouter> loaded();

    /** Whether requests will be answered. */
    boolean isReady();

    @Override
    void close();

    /** A single model. */
    static ServedModels single(TrafficRouter traffic) {
        return new ServedModels() {
            @Override
            public TrafficRouter findDefault() {
                return traffic;
            }

            @Override
            public TrafficRouter findByName(String name) {
                return name.equals(traffic.primary().name()) ? traffic : null;
            }

            @Override
            public Collection<TrafficRouter> loaded() {
                return List.of(traffic);
            }

            @Override
            public boolean isReady() {
                return traffic.primary().isReady();
            }

            @Override
            public void close() {
                traffic.close();
            }
        };
    }
}
