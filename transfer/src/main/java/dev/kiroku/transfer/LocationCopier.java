package dev.kiroku.transfer;

import dev.kiroku.core.transfer.ArtifactRelocation;
import dev.kiroku.core.transfer.RelocationStore;
import dev.kiroku.transfer.artifacts.ArtifactCopier;
import dev.kiroku.transfer.artifacts.ArtifactCopier.Copy;
import dev.kiroku.transfer.artifacts.ArtifactCopier.Mode;
import dev.kiroku.transfer.artifacts.CopySummary;
import dev.kiroku.transfer.source.ArtifactSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Copies the locations of records, and changes each when everything that could be read is copied. */
final class LocationCopier implements AutoCloseable {
    private final ArtifactCopier copier;
    private final RelocationStore store;
    private final Mode mode;
    private final OutsideLocations outside;
    /** Locations without files, before the first file was found. */
    private long empty;

    LocationCopier(ArtifactSource artifacts, ArtifactCopier copier, RelocationStore store, Mode mode) {
        this.copier = copier;
        this.store = store;
        this.mode = mode;
        this.outside = new OutsideLocations(artifacts);
    }

    /**
     * A location to copy.
     *
     * @param record that has it, for messages
     * @param relocation the change of the record
     * @param relocated whether the record has the new location already
     */
    record Item(String record, String from, String to, ArtifactRelocation relocation, boolean relocated) {}

    /**
     * Copies the locations of records, and waits for the end.
     *
     * @param toItem returns null for records that are not copied
     */
    <T> void copy(List<T> records, Function<T, @Nullable Item> toItem) {
        Map<Item, Copy> copies = new HashMap<>();
        for (T each : records) {
            Item item = toItem.apply(each);
            if (item != null && outside.covers(item.record, item.from)) {
                copies.put(item, copier.start(item.record, item.from, item.to));
            }
        }
        copier.await();
        CopySummary summary = copier.summary();
        List<Item> complete = new ArrayList<>();
        copies.forEach((item, copy) -> {
            // A version without files is useless; it rather keeps the location that may be wrong.
            if (copy.isComplete() && (copy.found() > 0 || !(item.relocation instanceof ArtifactRelocation.OfVersion))) {
                complete.add(item);
            }
        });
        if (summary.files() + summary.present() > 0) {
            relocate(complete.stream()
                    .filter(item -> !item.relocated)
                    .map(Item::relocation)
                    .toList());
        } else {
            empty += complete.size();
        }
    }

    /** Changes locations, if this is a copy. */
    void relocate(List<ArtifactRelocation> relocations) {
        if (mode == Mode.COPY && !relocations.isEmpty()) {
            store.relocate(relocations);
        }
    }

    CopySummary summary() {
        CopySummary copied = copier.summary();
        List<String> problems = new ArrayList<>(outside.problems());
        problems.addAll(copied.problems());
        if (empty > 0 && copied.files() + copied.present() == 0) {
            // More likely than that nobody has logged one: the place is the wrong one.
            problems.add(
                    "No artifact was found, and the locations of %,d records are left as they are. If there should be some, check --artifacts-from."
                            .formatted(empty));
        }
        return new CopySummary(copied.files(), copied.bytes(), copied.present(), problems);
    }

    @Override
    public void close() {
        copier.close();
    }
}
