package dev.kiroku.serving.source;

import dev.kiroku.model.KirokuException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model in a folder of this machine. */
record LocalModelSource(String uri, Path folder) implements ModelSource {
    @Override
    public boolean canChange() {
        return false;
    }

    @Override
    public ResolvedVersion resolve() {
        return new ResolvedVersion(
                folder.getFileName() == null ? uri : folder.getFileName().toString(), folder.toString());
    }

    @Override
    public Path fetch(ResolvedVersion version) {
        if (!Files.exists(folder.resolve("MLmodel"))) {
            throw KirokuException.invalid("There is no model in %s: it has no file MLmodel.", folder);
        }
        return folder;
    }
}
