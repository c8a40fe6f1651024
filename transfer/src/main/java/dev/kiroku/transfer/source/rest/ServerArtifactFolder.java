package dev.kiroku.transfer.source.rest;

import dev.kiroku.client.ClientSettings;
import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.ArtifactFolder;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The artifacts that a tracking server serves, MLflow or Kiroku: those of its {@code mlflow-artifacts:} URIs. */
public final class ServerArtifactFolder implements ArtifactFolder {
    private static final String ARTIFACTS = "/2.0/mlflow-artifacts/artifacts";

    private final ServerReader server;
    /** Why the server serves none; further requests would each be repeated for a minute. */
    private volatile @Nullable KirokuException unavailable;

    ServerArtifactFolder(ServerReader server) {
        this.server = server;
    }

    /** Creates a folder. No request is sent. */
    public static ServerArtifactFolder open(ClientSettings settings) {
        return new ServerArtifactFolder(new ServerReader(settings));
    }

    private interface Request<T> {
        T send() throws IOException;
    }

    private <T> T call(Request<T> request) throws IOException {
        KirokuException before = unavailable;
        if (before != null) {
            throw before;
        }
        try {
            return request.send();
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE || e.code() == ErrorCode.NOT_IMPLEMENTED) {
                unavailable = e;
            }
            throw e;
        }
    }

    @Override
    public void list(ArtifactPath folder, Visitor visitor) throws IOException {
        Deque<ArtifactPath> folders = new ArrayDeque<>();
        folders.push(folder);
        while (!folders.isEmpty()) {
            ArtifactPath next = folders.pop();
            for (JsonNode entry : call(() -> read(next)).path("files")) {
                String name = entry.path("path").asString("");
                ArtifactPath path;
                try {
                    path = next.resolve(new ArtifactPath(name));
                } catch (KirokuException e) {
                    visitor.leaveOut(next.value() + "/" + name, String.valueOf(e.getMessage()));
                    continue;
                }
                if (path.equals(next)) {
                    continue; // a listing without names
                }
                if (entry.path("is_dir").asBoolean(false)) {
                    folders.push(path);
                } else {
                    visitor.visit(new ArtifactFile(path, entry.path("file_size").asLong(0)));
                }
            }
        }
    }

    private JsonNode read(ArtifactPath folder) {
        try {
            return server.get(ARTIFACTS, Map.of("path", folder.value()));
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                return server.request();
            }
            throw e;
        }
    }

    @Override
    public InputStream open(ArtifactPath file) throws IOException {
        return call(() -> server.openArtifact(file));
    }

    @Override
    public void close() {
        server.close();
    }
}
