package dev.kiroku.cli.config;

import dev.kiroku.model.KirokuException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of all properties. A flag takes precedence over the environment, the environment over the file, the file over the default. */
public final class Settings {
    private final Map<String, Setting> byName = new LinkedHashMap<>();

    /**
     * Resolves all properties.
     *
     * @param flags values by property name
     * @param environment all variables; an empty variable counts as not set
     * @param file the configuration file, or {@link ConfigFile#NONE}
     */
    public Settings(
            List<Property<?>> properties, Map<String, String> flags, Map<String, String> environment, ConfigFile file) {
        file.requireKnown(properties);
        for (Property<?> property : properties) {
            byName.put(property.name(), resolve(property, flags, environment, file));
        }
    }

    private Settings(Map<String, Setting> byName) {
        this.byName.putAll(byName);
    }

    /** Returns these settings with other values for properties that nothing sets. */
    Settings withDefaults(List<Setting> defaults) {
        Map<String, Setting> all = new LinkedHashMap<>(byName);
        defaults.stream()
                .filter(setting -> !setting(setting.property()).isSet())
                .forEach(setting -> all.put(setting.property().name(), setting));
        return new Settings(all);
    }

    private static Setting resolve(
            Property<?> property, Map<String, String> flags, Map<String, String> environment, ConfigFile file) {
        String flag = flags.get(property.name());
        if (flag != null) {
            return new Setting(property, flag, "flag " + property.flag());
        }
        String variable = property.env() == null ? "" : environment.getOrDefault(property.env(), "");
        if (!variable.isBlank()) {
            return new Setting(property, variable.strip(), "environment " + property.env());
        }
        String entry = file.entries().get(property.name());
        if (entry != null) {
            return new Setting(property, entry, "file " + file.name());
        }
        return new Setting(property, property.defaultText(), Setting.DEFAULT);
    }

    /** Returns all settings in the order of the properties. */
    public List<Setting> all() {
        return List.copyOf(byName.values());
    }

    Setting setting(Property<?> property) {
        return byName.get(property.name());
    }

    /**
     * Returns the value of a property, or null if it has none.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if the text is invalid; the message names the property, the reason, the masked text and its origin
     */
    <T> T get(Property<T> property) {
        Setting setting = setting(property);
        if (setting.text() == null) {
            return null;
        }
        try {
            return property.type().reader().apply(setting.text());
        } catch (KirokuException e) {
            throw refusal(setting, e.getMessage());
        }
    }

    static KirokuException refusal(Setting setting, String reason) {
        return KirokuException.invalid(setting.property().flag() + " " + reason + " (got '" + setting.displayText()
                + "' from " + setting.origin() + ")");
    }
}
