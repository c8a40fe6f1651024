package dev.kiroku.cli.config;

import dev.kiroku.core.yaml.YamlReader;
import dev.kiroku.model.KirokuException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file: YAML, one {@code name: value} a line, named like the flags. YAML, because operators already write
 * compose and Kubernetes files; snakeyaml-engine, because it creates plain values only and never objects that the file names.
 *
 * @param name for messages
 * @param entries text by property name; a list of texts is joined by commas
 */
public record ConfigFile(String name, Map<String, String> entries) {
    /** No configuration file. */
    public static final ConfigFile NONE = new ConfigFile("none", Map.of());

    /**
     * Reads a configuration file.
     *
     * @throws KirokuException if the file cannot be read or is not a flat mapping of names to values
     */
    public static ConfigFile read(Path path) {
        return entries(path.toString(), YamlReader.read("The configuration file " + path, path));
    }

    static ConfigFile parse(String name, String text) {
        return entries(name, YamlReader.parse("The configuration file " + name, text));
    }

    private static ConfigFile entries(String name, @Nullable Object content) {
        if (content == null) {
            return new ConfigFile(name, Map.of());
        }
        if (!(content instanceof Map<?, ?> map)) {
            throw KirokuException.invalid("The configuration file " + name + " must contain lines like 'port: 5000'");
        }
        Map<String, String> entries = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                entries.put(String.valueOf(key), text(name, key, value));
            }
        });
        return new ConfigFile(name, entries);
    }

    private static String text(String name, Object key, Object value) {
        return switch (value) {
            case List<?> list ->
                list.stream().map(entry -> text(name, key, entry)).collect(Collectors.joining(","));
            case String plain -> plain;
            case Boolean plain -> plain.toString();
            case Number plain -> plain.toString();
            default ->
                throw KirokuException.invalid(
                        "In the configuration file " + name + " '" + key + "' must be a plain value");
        };
    }

    /** Throws {@link KirokuException} if the file has an entry that is not one of the properties. */
    void requireKnown(List<Property<?>> properties) {
        List<String> names = properties.stream().map(Property::name).toList();
        for (String key : entries.keySet()) {
            if (!names.contains(key)) {
                throw KirokuException.invalid("The configuration file " + name + " has '" + key
                        + "', which is not a property" + NameSuggestion.of(key, names));
            }
        }
    }
}
