package dev.kiroku.artifacts.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.artifacts.ConfiguredArtifactStores;
import dev.kiroku.artifacts.kit.ArtifactStoreContract;
import dev.kiroku.artifacts.kit.S3Server;
import dev.kiroku.core.artifacts.ArtifactStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ContractTest extends ArtifactStoreContract {
    private S3Server server;
    private ConfiguredArtifactStores stores;

    @BeforeAll
    void open() throws Exception {
        server = new S3Server();
        stores = new ConfiguredArtifactStores(
                "s3://" + S3Server.BUCKET + "/some/folder", "mlflow-artifacts:/", server.environment());
    }

    @AfterAll
    void close() {
        stores.close();
        server.close();
    }

    @Override
    protected ArtifactStore store() {
        return stores.proxied();
    }

    @Override
    protected void assertNoUploadRemains() {
        assertEquals(0, server.openUploads());
    }
}
