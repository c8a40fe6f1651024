package dev.kiroku.cli.config;

import static dev.kiroku.cli.config.ServerProperties.ADMIN_PASSWORD;
import static dev.kiroku.cli.config.ServerProperties.ADMIN_USERNAME;
import static dev.kiroku.cli.config.ServerProperties.APP_NAME;
import static dev.kiroku.cli.config.ServerProperties.AUTH;
import static dev.kiroku.cli.config.ServerProperties.AUTH_CONFIG;
import static dev.kiroku.cli.config.ServerProperties.DEFAULT_PERMISSION;

import dev.kiroku.cli.config.KirokuConfig.FirstAdministrator;
import dev.kiroku.model.KirokuException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code --app-name basic-auth} and MLflow's {@code basic_auth.ini} mean: {@code --auth BASIC}, a default permission and an administrator.
 * Flags, variables and the configuration file take precedence over the lines of {@code basic_auth.ini}.
 *
 * @param settings all settings, with what the name of the app and the file say
 * @param warnings what has no effect, one line each
 */
public record MlflowAccounts(Settings settings, List<String> warnings) {
    static final String APP = "basic-auth";

    private static final Map<String, Property<?>> PROPERTIES = Map.of(
            "default_permission", DEFAULT_PERMISSION,
            "admin_username", ADMIN_USERNAME,
            "admin_password", ADMIN_PASSWORD);

    /**
     * Returns the settings with what the name of the app says, if it is set.
     *
     * @throws KirokuException INVALID_PARAMETER_VALUE if the app is unknown or contradicts {@code --auth}, or if the file cannot be read or has a line without
     *     meaning here
     */
    public static MlflowAccounts of(Settings given) {
        if (given.get(APP_NAME) == null) {
            return new MlflowAccounts(given, unused(given));
        }
        String path = given.get(AUTH_CONFIG);
        BasicAuthFile file = path == null ? BasicAuthFile.NONE : BasicAuthFile.read(path);
        List<Setting> defaults = new ArrayList<>();
        defaults.add(
                new Setting(AUTH, AuthMode.BASIC.name(), given.setting(APP_NAME).origin()));
        file.entries().forEach((key, entry) -> {
            if (PROPERTIES.containsKey(key)) {
                defaults.add(new Setting(PROPERTIES.get(key), entry.value(), "file " + entry.origin()));
            }
        });
        Settings settings = given.withDefaults(defaults);
        if (!hasPasswords(settings)) {
            throw Settings.refusal(
                    settings.setting(APP_NAME), "means --auth BASIC; leave it out for --auth " + settings.get(AUTH));
        }
        return new MlflowAccounts(settings, file.warnings());
    }

    private static List<String> unused(Settings settings) {
        List<String> warnings = new ArrayList<>();
        if (settings.get(AUTH_CONFIG) != null) {
            warnings.add(unused(settings.setting(AUTH_CONFIG), "--app-name " + APP));
        }
        for (Property<?> property : List.of(ADMIN_USERNAME, ADMIN_PASSWORD)) {
            if (settings.setting(property).isSet() && !hasPasswords(settings)) {
                warnings.add(unused(settings.setting(property), "--auth BASIC"));
            }
        }
        return warnings;
    }

    private static String unused(Setting setting, String needed) {
        return setting.property().flag() + " has no effect without " + needed + " (from " + setting.origin() + ")";
    }

    private static boolean hasPasswords(Settings settings) {
        return settings.get(AUTH).usesPasswords();
    }

    FirstAdministrator firstAdministrator() {
        return new FirstAdministrator(
                settings.get(ADMIN_USERNAME), settings.get(ADMIN_PASSWORD), settings.get(APP_NAME) != null);
    }
}
