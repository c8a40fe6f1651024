package dev.kiroku.core.registry.gates;

import dev.kiroku.core.artifacts.ArtifactPath;
import dev.kiroku.core.artifacts.ArtifactStores;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.yaml.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/**
 * Reads MLmodel files. A file that cannot be read (a location that this server does not open, no file, invalid YAML) is
 * not an error: its content is unknown.
 */
public final class MlmodelReader {
    private static final String FILE_NAME = "MLmodel";
    private static final int MAX_FLAVORS = 1000;

    private final Logger log = LoggerFactory.getLogger(MlmodelReader.class);
    private final ArtifactStores artifactStores;

    /** Creates a reader. */
    public MlmodelReader(ArtifactStores artifactStores) {
        this.artifactStores = artifactStores;
    }

    /**
     * Returns the content of a model's MLmodel file, or empty if it cannot be read.
     *
     * @param location the model's folder
     */
    public Optional<VersionFacts.MlmodelSummary> read(String location) {
        try {
            var folder = artifactStores.resolve(location);
            ArtifactPath file = folder.path().resolve(ArtifactPath.of(FILE_NAME));
            var stat = folder.store().stat(file);
            if (stat.isEmpty() || stat.get().size() > YamlReader.MAX_BYTES) {
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

    /** Reads the two members that gates need from parser events: the others would be costly as objects. */
    static Optional<VersionFacts.MlmodelSummary> parse(String text) {
        var summary = new SummaryBuilder();
        YamlReader.parseEvents("The MLmodel file", text, summary::accept);
        return summary.build();
    }

    /**
     * Follows the events of a document: keys at depth 1 are its members, keys at depth 2 of the member flavors are
     * flavors.
     */
    private static final class SummaryBuilder {
        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        private final List<String> flavors = new ArrayList<>();
        private boolean hasFlavors;
        private boolean hasSignature;
        private int depth;
        private String member = "";
        private boolean expectsMember = true;
        private boolean expectsFlavor;
        private boolean isMlmodel = true;

        void accept(Event event) {
            isMlmodel = isMlmodel && follow(event);
        }

        /** Returns false if the document is no MLmodel file. */
        private boolean follow(Event event) {
            return switch (event) {
                case MappingStartEvent _ -> start(true);
                case SequenceStartEvent _ -> start(false);
                case MappingEndEvent _ -> end();
                case SequenceEndEvent _ -> end();
                case ScalarEvent scalar -> scalar(scalar.getValue(), scalar.isPlain());
                case AliasEvent _ -> scalar("*", false);
                default -> true;
            };
        }

        private boolean start(boolean mapping) {
            if (depth == 0 && !mapping || depth == 1 && expectsMember || depth == 2 && isInFlavors() && expectsFlavor) {
                return false; // not a mapping, or a collection as a key
            }
            if (depth == 1) {
                hasSignature |= member.equals("signature");
                hasFlavors |= isInFlavors() && mapping;
                expectsFlavor = mapping;
            }
            depth++;
            return true;
        }

        private boolean end() {
            depth--;
            if (depth == 1) {
                expectsMember = true;
            } else if (depth == 2) {
                expectsFlavor = true;
            }
            return true;
        }

        private boolean scalar(String value, boolean plain) {
            if (depth == 1 && expectsMember) {
                member = value;
            } else if (depth == 1) {
                hasSignature |= member.equals("signature") && !(plain && NULLS.contains(value));
            } else if (depth == 2 && isInFlavors() && expectsFlavor) {
                flavors.add(value);
            }
            if (depth == 1) {
                expectsMember = !expectsMember;
            } else if (depth == 2) {
                expectsFlavor = !expectsFlavor;
            }
            return depth > 0 && flavors.size() <= MAX_FLAVORS;
        }

        private boolean isInFlavors() {
            return member.equals("flavors");
        }

        Optional<VersionFacts.MlmodelSummary> build() {
            return isMlmodel && hasFlavors
                    ? Optional.of(new VersionFacts.MlmodelSummary(
                            hasSignature, flavors.stream().sorted().toList()))
                    : Optional.empty();
        }
    }
}
