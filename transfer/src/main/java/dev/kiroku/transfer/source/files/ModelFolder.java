package dev.kiroku.transfer.source.files;

import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.transfer.RegisteredModelRecord;
import dev.kiroku.model.KeyValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads the folder of a registered model. */
record ModelFolder(Path folder, Problems problems) {
    private static final String VERSION_PREFIX = "version-";
    /** The stage of a version that is deleted, of which the file store keeps the number. */
    private static final String DELETED = "Deleted_Internal";

    /** Reads the model; reports it and returns empty if its {@code meta.yaml} is missing or damaged. */
    Optional<RegisteredModelRecord> read() {
        return MetaFile.read(folder, problems).map(meta -> {
            String name = Objects.requireNonNullElse(
                    meta.text("name"), folder.getFileName().toString());
            long created = meta.number("creation_timestamp", 0);
            List<RegisteredModelRecord.Version> versions = new ArrayList<>();
            long last = 0;
            for (Path each : Folders.children(folder)) {
                String number = each.getFileName().toString();
                if (number.startsWith(VERSION_PREFIX)
                        && number.substring(VERSION_PREFIX.length()).matches("\\d{1,18}")) {
                    last = Math.max(last, Long.parseLong(number.substring(VERSION_PREFIX.length())));
                    readVersion(each).ifPresent(versions::add);
                }
            }
            versions.sort(Comparator.comparingLong(RegisteredModelRecord.Version::version));
            return new RegisteredModelRecord(
                    name,
                    meta.text("description"),
                    created,
                    meta.number("last_updated_timestamp", created),
                    last,
                    Folders.values(folder.resolve("tags"), problems),
                    versions,
                    readAliases());
        });
    }

    private Optional<RegisteredModelRecord.Version> readVersion(Path version) {
        return MetaFile.read(version, problems)
                .filter(meta -> !DELETED.equals(meta.text("current_stage")))
                .flatMap(meta -> readVersion(version, meta));
    }

    private Optional<RegisteredModelRecord.Version> readVersion(Path version, MetaFile meta) {
        try {
            long created = meta.number("creation_timestamp", 0);
            String source = Objects.requireNonNullElse(meta.text("source"), "");
            return Optional.of(new RegisteredModelRecord.Version(
                    Long.parseLong(version.getFileName().toString().substring(VERSION_PREFIX.length())),
                    created,
                    meta.number("last_updated_timestamp", created),
                    meta.text("description"),
                    Stage.parse(Objects.requireNonNullElse(meta.text("current_stage"), "None")),
                    source,
                    Objects.requireNonNullElse(meta.text("storage_location"), source),
                    meta.text("run_id"),
                    meta.text("run_link"),
                    Folders.values(version.resolve("tags"), problems)));
        } catch (MetaFile.DamagedFile | dev.kiroku.model.KirokuException e) {
            problems.add(version + " is left out: " + e.getMessage() + ".");
            return Optional.empty();
        }
    }

    private List<RegisteredModelRecord.Alias> readAliases() {
        List<RegisteredModelRecord.Alias> aliases = new ArrayList<>();
        for (KeyValue alias : Folders.values(folder.resolve("aliases"), problems)) {
            if (alias.value().strip().matches("\\d{1,18}")) {
                aliases.add(new RegisteredModelRecord.Alias(
                        alias.key(), Long.parseLong(alias.value().strip())));
            } else {
                problems.add("The alias " + alias.key() + " of " + folder + " is left out: it names no version.");
            }
        }
        return aliases;
    }
}
