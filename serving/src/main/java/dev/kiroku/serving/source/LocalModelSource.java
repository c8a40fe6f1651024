package dev.kiroku.serving.source;

import dev.kiroku.core.yaml.YamlReader;
import dev.kiroku.model.KirokuException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model in a directory of this machine. */
record LocalModelSource(String uri, Path directory) implements ModelSource {
    @Override
    public boolean canChange() {
        return false;
    }

    @Override
    public ResolvedVersion resolve() {
        Path name = directory.getFileName();
        return new ResolvedVersion(name == null ? uri : name.toString(), directory.toString());
    }

    @Override
    public Path fetch(ResolvedVersion version) {
        return requireModel(directory);
    }

    /** Returns the directory; throws if it does not contain a model whose description can be read within the limits of {@link YamlReader}. */
    static Path requireModel(Path directory) {
        Path description = directory.resolve("MLmodel");
        if (!Files.exists(description)) {
            throw KirokuException.invalid(
                    "There is no model in %s: it has no file MLmodel. Give the directory that was logged as the model.",
                    directory);
        }
        // Python would read it without limits, in every worker, and a worker that dies of it would be started again and
        // again.
        YamlReader.readEvents("The file " + description, description, _ -> {});
        return directory;
    }
}
