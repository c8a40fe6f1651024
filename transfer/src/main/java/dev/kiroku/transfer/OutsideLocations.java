package dev.kiroku.transfer;

import dev.kiroku.model.KirokuException;
import dev.kiroku.transfer.source.ArtifactSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts the records whose artifacts are not read, by the place where they are. */
final class OutsideLocations {
    private static final int MAX_PLACES = 50;
    private static final String OTHER = "other places";

    private final ArtifactSource artifacts;
    private final Map<String, Long> places = new TreeMap<>();
    private final List<String> damaged = new ArrayList<>();

    OutsideLocations(ArtifactSource artifacts) {
        this.artifacts = artifacts;
    }

    /** Returns whether the artifacts of a record may be read, and counts it if not. */
    boolean covers(String record, String uri) {
        try {
            if (uri.isEmpty() || artifacts.covers(uri)) {
                return !uri.isEmpty();
            }
            String place = place(uri);
            places.merge(places.containsKey(place) || places.size() < MAX_PLACES ? place : OTHER, 1L, Long::sum);
        } catch (KirokuException e) {
            if (damaged.size() < MAX_PLACES) {
                damaged.add("Artifacts of " + record + " cannot be copied: " + e.getMessage());
            }
        }
        return false;
    }

    /** Returns the folder that has those of experiments, runs and models. */
    private static String place(String uri) {
        return uri.replaceAll("//([^/@:]*):[^/@]*@", "//$1:***@")
                .replaceFirst("(/\\d+)?(/models)?/[^/]+/artifacts(/.*)?$", "");
    }

    List<String> problems() {
        List<String> problems = new ArrayList<>(damaged);
        places.forEach((place, records) -> problems.add("Artifacts of %,d %s at %s cannot be copied: %s"
                .formatted(
                        records,
                        records == 1 ? "record" : "records",
                        place,
                        place.startsWith("mlflow-artifacts:")
                                ? "add --artifacts-from with the address of the server that they are of, or the location of its --artifacts-destination."
                                : "only places that belong to the source are read. If these may be, add --artifacts-from '"
                                        + place + "'.")));
        return problems;
    }
}
