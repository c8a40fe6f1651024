package dev.kiroku.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.PermissionLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --app-name basic-auth} and {@code basic_auth.ini}. */
class MlflowAccountsTest {
    /** The lines of the file that MLflow 3.17 installs, and a password. */
    private static final String FILE = """
            [mlflow]
            default_permission = READ
            database_uri = sqlite:///basic_auth.db
            admin_username = admin
            # MLflow ships no default admin password.
            ; admin_password =
            Admin_Password: correct horse = 100%%
            authorization_function = mlflow.server.auth:authenticate_request_basic_auth
            grant_default_workspace_access = false
            auth_cache_ttl_seconds = 0
            """;

    @TempDir
    private Path folder;

    private KirokuConfig config(String text, Map<String, String> flags, Map<String, String> environment)
            throws IOException {
        return KirokuConfig.from(settings(text, flags, environment));
    }

    private Settings settings(String text, Map<String, String> flags, Map<String, String> environment)
            throws IOException {
        Path file = folder.resolve("basic_auth.ini");
        Files.writeString(file, text);
        Map<String, String> all = new HashMap<>(flags);
        all.putIfAbsent("app-name", "basic-auth");
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("MLFLOW_AUTH_CONFIG_PATH", file.toString());
        return new Settings(ServerProperties.all(), all, variables, ConfigFile.NONE);
    }

    @Test
    void readsTheFileThatMlflowInstalls() throws IOException {
        KirokuConfig config = config(FILE, Map.of(), Map.of());
        assertEquals(AuthMode.BASIC, config.auth());
        assertEquals(PermissionLevel.READ, config.defaultPermission());
        assertEquals(
                new KirokuConfig.FirstAdministrator("admin", "correct horse = 100%", true),
                config.firstAdministrator());
        assertEquals(
                List.of(
                        folder.resolve("basic_auth.ini")
                                + ":3: database_uri is not read: users, roles and grants are in the backend store.",
                        folder.resolve("basic_auth.ini")
                                + ":10: auth_cache_ttl_seconds has no effect: changes of users take effect at once."),
                config.warnings());
        assertFalse(config.toString().contains("horse"), "a password in " + config);
    }

    @Test
    void everyReadLineCounts() throws IOException {
        KirokuConfig config = config(
                "[mlflow]\ndefault_permission = NO_PERMISSIONS\nadmin_username = root\nadmin_password = correct horse\n",
                Map.of(),
                Map.of());
        assertEquals(PermissionLevel.NO_PERMISSIONS, config.defaultPermission());
        assertEquals(new KirokuConfig.FirstAdministrator("root", "correct horse", true), config.firstAdministrator());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void variablesAndFlagsTakePrecedenceOverTheFile() throws IOException {
        KirokuConfig config = config(
                FILE,
                Map.of("default-permission", "EDIT", "auth", "both", "trusted-proxies", "10.0.0.1"),
                Map.of("MLFLOW_AUTH_ADMIN_USERNAME", "root", "MLFLOW_AUTH_ADMIN_PASSWORD", "battery staple"));
        assertEquals(AuthMode.BOTH, config.auth());
        assertEquals(PermissionLevel.EDIT, config.defaultPermission());
        assertEquals(new KirokuConfig.FirstAdministrator("root", "battery staple", true), config.firstAdministrator());
    }

    @Test
    void originsOfLinesAreShownAndPasswordsAreNot() throws IOException {
        Settings settings =
                MlflowAccounts.of(settings(FILE, Map.of(), Map.of())).settings();
        assertEquals("flag --app-name", settings.setting(ServerProperties.AUTH).origin());
        Setting password = settings.setting(ServerProperties.ADMIN_PASSWORD);
        assertEquals("file " + folder.resolve("basic_auth.ini") + ":7", password.origin());
        assertEquals("***", password.displayText());
    }

    @Test
    void withoutTheAppNothingOfItCounts() {
        Map<String, String> environment = Map.of(
                "MLFLOW_AUTH_CONFIG_PATH", "/nowhere/basic_auth.ini", "MLFLOW_AUTH_ADMIN_PASSWORD", "correct horse");
        var off = KirokuConfig.from(new Settings(ServerProperties.all(), Map.of(), environment, ConfigFile.NONE));
        assertEquals(AuthMode.OFF, off.auth());
        assertEquals(
                List.of(
                        "--auth-config has no effect without --app-name basic-auth (from environment MLFLOW_AUTH_CONFIG_PATH)",
                        "--admin-password has no effect without --auth BASIC (from environment MLFLOW_AUTH_ADMIN_PASSWORD)"),
                off.warnings());
        var basic = KirokuConfig.from(
                new Settings(ServerProperties.all(), Map.of("auth", "BASIC"), environment, ConfigFile.NONE));
        assertEquals(new KirokuConfig.FirstAdministrator("admin", "correct horse", false), basic.firstAdministrator());
        assertEquals(1, basic.warnings().size(), basic.warnings().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [mlflow]/defualt_permission = READ      | :2: 'defualt_permission' is not a key of basic_auth.ini; did you mean 'default_permission'?
            [mlflow]/ldap_server = x                | :2: 'ldap_server' is not a key of basic_auth.ini; Kiroku reads admin_password, admin_username, default_permission
            [mlflow]/default_permission = ALL       | --default-permission must be one of
            [mlflow]/default_permission = DENY      | --default-permission must not be DENY
            [mlflow]/default_permission             | :2: has no value; write key = value
            [mlflow]/admin_password = password1234  | --admin-password must not be the password
            [mlflow]/admin_password =               | :2: admin_password is empty
            [mlflow]/admin_password = a%b           | :2: admin_password has a %
            [mlflow]/admin_password = %(HOME)s      | :2: admin_password has a %
            [mlflow]/admin_password = a/  b         | :3: continues the line above
            [mlflow]/admin_username = a/admin_username = b | :3: 'admin_username' is there twice
            [mlflow]/authorization_function = company.auth:sso | :2: authorization_function names Python code
            default_permission = READ               | :1: is outside of the section [mlflow]
            [DEFAULT]/default_permission = READ     | :1: [DEFAULT] is not a section of basic_auth.ini
            """)
    void otherLinesAreRefusedWithTheirNumber(String lines, String reason) {
        KirokuException refused =
                assertThrows(KirokuException.class, () -> config(lines.replace('/', '\n'), Map.of(), Map.of()));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        assertTrue(refused.getMessage().contains(reason), refused.getMessage());
        assertTrue(refused.getMessage().contains("basic_auth.ini:"), refused.getMessage());
        assertFalse(refused.getMessage().contains("password1234"), refused.getMessage());
    }

    @Test
    void allLinesAreReportedButNotMoreThanCanBeRead() {
        KirokuException refused = assertThrows(
                KirokuException.class, () -> config("[mlflow]\n" + "x = 1\ny\n".repeat(1000), Map.of(), Map.of()));
        assertTrue(refused.getMessage().contains(":11: "), refused.getMessage());
        assertTrue(refused.getMessage().endsWith("; and 1990 more lines"), refused.getMessage());
        assertThrows(KirokuException.class, () -> config("#".repeat(70_000), Map.of(), Map.of()));
    }

    @Test
    void anotherWayToSignInContradictsTheApp() {
        KirokuException refused =
                assertThrows(KirokuException.class, () -> config(FILE, Map.of("auth", "OFF"), Map.of()));
        assertEquals(
                "--app-name means --auth BASIC; leave it out for --auth OFF (got 'basic-auth' from flag --app-name)",
                refused.getMessage());
    }
}
