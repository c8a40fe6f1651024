package dev.kiroku.serving.deploy;

import java.util.Collection;
import java.util.List;

/** The models that a server has. */
public interface Models extends AutoCloseable {
    /** The one at {@code /invocations}; null when there is none. */
    Traffic main();

    /**
     * The one at {@code /models/{name}/invocations}, loaded first where that is needed; null when there is none of that name.
     *
     * @throws dev.kiroku.model.KirokuException TEMPORARILY_UNAVAILABLE when it cannot be loaded
     */
    Traffic named(String name);

    /** Those that are loaded. */
    Collection<Traffic> loaded();

    /** Whether requests will be answered. */
    boolean isReady();

    @Override
    void close();

    /** A single model. */
    static Models only(Traffic traffic) {
        return new Models() {
            @Override
            public Traffic main() {
                return traffic;
            }

            @Override
            public Traffic named(String name) {
                return name.equals(traffic.primary().name()) ? traffic : null;
            }

            @Override
            public Collection<Traffic> loaded() {
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
