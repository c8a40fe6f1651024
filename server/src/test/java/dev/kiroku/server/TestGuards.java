package dev.kiroku.server;

import dev.kiroku.core.artifacts.ArtifactLocator;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.guard.AccessGuard;
import dev.kiroku.core.guard.ArtifactOwners;
import dev.kiroku.core.guard.StoredResourceKeys;
import dev.kiroku.stores.Stores;

/** Guards of servers in tests. */
public final class TestGuards {
    private TestGuards() {}

    /** Returns a guard on a database, for a server that serves no artifacts. */
    public static AccessGuard of(Stores stores) {
        var keys = new StoredResourceKeys(stores.resources());
        var owners = new ArtifactOwners(stores.resources(), keys, new UriLocator(), "mlflow-artifacts:/");
        return new AccessGuard(keys, owners, stores.resources());
    }

    /** Takes different URIs for different folders. */
    private static final class UriLocator implements ArtifactLocator {
        @Override
        public String canonicalize(String uri) {
            return uri;
        }

        @Override
        public String canonicalize(ArtifactPath path) {
            return "mlflow-artifacts:/" + path.value();
        }
    }
}
