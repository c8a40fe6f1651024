package dev.kiroku.serving.source;

import dev.kiroku.model.KirokuException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model in a folder of this machine. */
record LocalSource(String uri, Path folder) implements ModelSource {
    @Override
    public boolean moves() {
        return false;
    }

    @Override
    public Version current() {
        return new Version(
                folder.getFileName() == null ? uri : folder.getFileName().toString(), folder.toString());
    }

    @Override
    public Path fetch(Version version) {
        if (!Files.exists(folder.resolve("MLmodel"))) {
            throw KirokuException.invalid("There is no model in %s: it has no file MLmodel.", folder);
        }
        return folder;
    }
}
