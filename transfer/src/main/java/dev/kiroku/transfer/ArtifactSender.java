package dev.kiroku.transfer;

import dev.kiroku.client.TrackingClient;
import dev.kiroku.core.transfer.LoggedModelRecord;
import dev.kiroku.core.transfer.RunRecord;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.tracking.LifecycleStage;
import dev.kiroku.model.tracking.LoggedModelApi;
import dev.kiroku.model.tracking.RunApi;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.ArtifactCopier.Copy;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.destination.ServerArtifacts;
import dev.kiroku.transfer.source.ArtifactFolder;
import dev.kiroku.transfer.source.ArtifactSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the artifacts of runs and logged models to where a server keeps those of the same ids. Records that the server does not have, and deleted
 * ones, are passed by. Used by one thread.
 */
final class ArtifactSender implements AutoCloseable {
    private final ArtifactSource source;
    private final TrackingClient server;
    private final ArtifactCopier copier;
    /** Records whose artifacts are all there, with a hash of what the source had then. */
    private final Map<String, Integer> complete;

    private final List<String> problems = new ArrayList<>();
    private long outside;
    private @Nullable String firstOutside;

    /** @param complete what earlier calls have found complete; is added to */
    ArtifactSender(
            ArtifactSource source, TrackingClient server, ImportProgress progress, Map<String, Integer> complete) {
        this.source = source;
        this.server = server;
        this.copier = new ArtifactCopier(source, new ServerArtifacts(server), ArtifactCopier.Mode.COPY, progress);
        this.complete = complete;
    }

    /**
     * The artifacts of a record.
     *
     * @param name for messages, such as {@code run 0123…}
     * @param from the location in the source
     * @param to returns the location on the server; throws RESOURCE_DOES_NOT_EXIST if the server does not have the record
     */
    private record Item(String name, String from, Supplier<String> to) {}

    /** Sends the artifacts of runs. */
    void sendRuns(List<RunRecord> runs) {
        send(runs.stream()
                .filter(run -> run.stage() == LifecycleStage.ACTIVE)
                .map(run -> new Item("run " + run.id(), run.artifactUri(), () -> location(run)))
                .toList());
    }

    private String location(RunRecord run) {
        return server.call(RunApi.GET_BY_ID, new RunApi.RunIdRequest(run.id()))
                .run()
                .info()
                .artifactUri();
    }

    /** Sends the artifacts of logged models. */
    void sendLoggedModels(List<LoggedModelRecord> models) {
        send(models.stream()
                .filter(model -> model.stage() == LifecycleStage.ACTIVE)
                .map(model -> new Item("logged model " + model.id(), model.artifactLocation(), () -> location(model)))
                .toList());
    }

    private String location(LoggedModelRecord model) {
        return server.call(LoggedModelApi.GET_BY_ID, new LoggedModelApi.GetLoggedModelRequest(model.id(), false))
                .model()
                .info()
                .artifactUri();
    }

    private void send(List<Item> items) {
        Map<String, Copy> copies = new HashMap<>();
        Map<String, Integer> listings = new HashMap<>();
        for (Item item : items) {
            Listing files = item.from.isEmpty() ? new Listing() : list(item);
            if (files.count > 0 && !Objects.equals(complete.get(item.name), files.hash)) {
                listings.put(item.name, files.hash);
                start(item, copies);
            }
        }
        copier.await();
        if (copier.summary().isClean()) {
            copies.forEach((name, copy) -> {
                if (copy.isComplete()) {
                    complete.put(name, Objects.requireNonNull(listings.get(name)));
                }
            });
        }
    }

    private void start(Item item, Map<String, Copy> copies) {
        try {
            copies.put(item.name, copier.start(item.name, item.from, item.to.get()));
        } catch (KirokuException e) {
            if (e.code() == ErrorCode.TEMPORARILY_UNAVAILABLE) {
                throw e;
            }
            if (e.code() != ErrorCode.RESOURCE_DOES_NOT_EXIST) {
                problems.add("Artifacts of " + item.name + " were not sent: " + e.getMessage());
            }
        }
    }

    /** The files of a record in the source. */
    private static final class Listing implements ArtifactFolder.Visitor {
        private long count;
        private int hash;

        @Override
        public void visit(ArtifactFolder.ArtifactFile file) {
            count++;
            hash += file.hashCode();
        }

        @Override
        public void leaveOut(String name, String reason) {
            // The copy reports it, if there is anything to copy.
        }
    }

    private Listing list(Item item) {
        Listing listing = new Listing();
        try {
            if (source.covers(item.from)) {
                source.list(item.from, listing);
            } else {
                outside++;
                firstOutside = firstOutside == null ? item.from : firstOutside;
            }
        } catch (IOException | KirokuException e) {
            problems.add("Artifacts of " + item.name + " were not sent: " + e.getMessage());
        }
        return listing;
    }

    /** Returns what was done so far. */
    CopySummary summary() {
        CopySummary copied = copier.summary();
        List<String> all = new ArrayList<>(problems);
        all.addAll(copied.problems());
        if (outside > 0) {
            all.add(
                    "The artifacts of %,d runs and logged models are at places that do not belong to the source, such as %s. Name a place with --artifacts-from to send what is there, or say --artifacts skip."
                            .formatted(outside, String.valueOf(firstOutside).replaceAll("//[^/@]*@", "//***@")));
        }
        return new CopySummary(copied.files(), copied.bytes(), copied.present(), all);
    }

    @Override
    public void close() {
        copier.close();
    }
}
