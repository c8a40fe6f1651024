package dev.kiroku.cli.config;

import dev.kiroku.core.yaml.YamlReader;
import dev.kiroku.model.KirokuException;
import dev.kiroku.serving.deploy.MultiModelManager;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The YAML file that names the models of a model server. */
public final class ModelsFile {
    private static final Set<String> TOP = Set.of("max-loaded", "memory", "models");
    private static final Set<String> OF_MODEL = Set.of("uri", "workers", "batching", "worker-memory");

    private ModelsFile() {}

    /**
     * One model of the file. Null values are taken from the command line.
     *
     * @param workers the number of workers, or null
     * @param batching {@code auto}, {@code on}, {@code off}, or null
     * @param workerMemory the memory limit of a worker in MiB, or null
     */
    public record ModelSpec(String uri, Integer workers, String batching, Integer workerMemory) {}

    /**
     * Reads a models file.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if the file cannot be read or is invalid; the message names the reason
     */
    public static MultiModelManager.ModelSet<ModelSpec> read(Path file) {
        Map<?, ?> top = map(file, "the file", YamlReader.read("The models file " + file, file), TOP);
        Map<String, ModelSpec> specs = new LinkedHashMap<>();
        if (!(top.get("models") instanceof Map<?, ?> models) || models.isEmpty()) {
            throw KirokuException.invalid("%s must have 'models:' with a name and a uri for each model", file);
        }
        models.forEach((name, value) -> {
            if (!String.valueOf(name).matches("[A-Za-z0-9._-]+")) {
                throw KirokuException.invalid(
                        "%s: '%s' is not a valid model name; use letters, digits, '.', '_' and '-'", file, name);
            }
            Map<?, ?> model = map(file, name.toString(), value, OF_MODEL);
            if (!(model.get("uri") instanceof String uri)) {
                throw KirokuException.invalid("%s: %s needs a uri", file, name);
            }
            String batching = model.get("batching") == null
                    ? null
                    : model.get("batching").toString().replace("true", "on").replace("false", "off");
            if (batching != null && !List.of("auto", "on", "off").contains(batching)) {
                throw KirokuException.invalid("%s: batching of %s must be auto, on or off", file, name);
            }
            specs.put(
                    name.toString(),
                    new ModelSpec(
                            uri,
                            number(file, name + ".workers", model.get("workers")),
                            batching,
                            number(file, name + ".worker-memory", model.get("worker-memory"))));
        });
        Integer most = number(file, "max-loaded", top.get("max-loaded"));
        Integer memory = number(file, "memory", top.get("memory"));
        return new MultiModelManager.ModelSet<>(
                most == null ? Integer.MAX_VALUE : most, memory == null ? 0 : (long) memory << 20, specs);
    }

    private static Map<?, ?> map(Path file, String what, Object value, Set<String> known) {
        if (!(value instanceof Map<?, ?> map)) {
            throw KirokuException.invalid("%s: %s must contain lines like 'uri: models:/m@champion'", file, what);
        }
        for (Object key : map.keySet()) {
            if (!known.contains(String.valueOf(key))) {
                throw KirokuException.invalid(
                        "%s: %s has the unknown key '%s'; known keys are %s",
                        file,
                        what,
                        key,
                        String.join(", ", known.stream().sorted().toList()));
            }
        }
        return map;
    }

    private static Integer number(Path file, String what, Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof Integer number && number > 0) {
            return number;
        }
        throw KirokuException.invalid("%s: %s must be a positive integer", file, what);
    }
}
