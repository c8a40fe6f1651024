package dev.kiroku.core.registry.gates;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.registry.store.VersionFacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Reads MLmodel files. A file that cannot be read (a location that this server does not open, no file, invalid YAML) is not an error: its content
 * is unknown.
 */
public final class MlmodelReader {
    private static final String FILE_NAME = "MLmodel";
    /** Signatures of wide tables are long, but MLflow writes no files beyond this size. */
    private static final int MAX_BYTES = 3 << 20;

    private final Logger log = LoggerFactory.getLogger(MlmodelReader.class);
    private final ArtifactStores artifactStores;

    /** Creates a reader. */
    public MlmodelReader(ArtifactStores artifactStores) {
        this.artifactStores = artifactStores;
    }

    /** Returns the content of a model's MLmodel file, or empty if it cannot be read. @param location the model's folder */
    public Optional<VersionFacts.MlmodelSummary> read(String location) {
        try {
            var folder = artifactStores.resolve(location);
            ArtifactPath file = folder.path().resolve(ArtifactPath.of(FILE_NAME));
            var stat = folder.store().stat(file);
            if (stat.isEmpty() || stat.get().size() > MAX_BYTES) {
                return Optional.empty();
            }
            try (InputStream bytes =
                    folder.store().read(file, stat.get(), 0, stat.get().size())) {
                return parse(new String(bytes.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException | RuntimeException e) {
            log.debug("The MLmodel file in {} cannot be read", location, e);
            return Optional.empty();
        }
    }

    static Optional<VersionFacts.MlmodelSummary> parse(String text) {
        Object content = new Load(LoadSettings.builder().setLabel(FILE_NAME).build()).loadFromString(text);
        if (!(content instanceof Map<?, ?> fields) || !(fields.get("flavors") instanceof Map<?, ?> flavors)) {
            return Optional.empty();
        }
        List<String> names =
                flavors.keySet().stream().map(Object::toString).sorted().toList();
        return Optional.of(new VersionFacts.MlmodelSummary(fields.get("signature") != null, names));
    }
}
