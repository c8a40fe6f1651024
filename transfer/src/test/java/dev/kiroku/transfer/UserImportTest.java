package dev.kiroku.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.access.AccessState;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.transfer.RecordKind;
import dev.kiroku.core.transfer.TransferResult;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.api.Caller;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.transfer.source.TransferSource;
import dev.kiroku.transfer.source.database.BasicAuthDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports of users, roles and grants from databases that real releases of MLflow made. */
class UserImportTest {
    private static final Caller ROOT = new Caller("os:root", "-");
    private static final ChangeContext CHANGE = new ChangeContext(ROOT, 7);
    private static final ImportOptions DRY_RUN = new ImportOptions(Map.of(), false, Map.of(), "", true);

    @TempDir
    private Path folder;

    private Stores stores;
    private Users users;
    private String tracking;

    @BeforeEach
    void open() throws Exception {
        stores = Stores.open(new StoreUri.Sqlite(folder.resolve("kiroku.db")), id -> "mlflow-artifacts:/" + id, 1);
        users = new Users(stores.users(), new SecureRandom(), InstantSource.system());
        tracking = MlflowDatabases.unpack("3.17.2", folder);
    }

    @AfterEach
    void close() {
        stores.close();
    }

    private String unpack(String release) throws Exception {
        return MlflowDatabases.unpackUsers(release, folder);
    }

    private ImportSummary run(String uri, ImportOptions options) {
        try (TransferSource source = SourceFactory.open(tracking);
                BasicAuthDatabase accounts = BasicAuthDatabase.open(uri)) {
            Importer importer = new Importer(source, stores.transfer(), options, ImportProgress.NONE);
            importer.run();
            return new UserImporter(accounts, stores.accountTransfer(), options.dryRun(), CHANGE)
                    .run(importer.resources());
        }
    }

    private static void change(String uri, String... statements) throws Exception {
        try (Connection mlflow = DriverManager.getConnection(uri.replace("sqlite:///", "jdbc:sqlite:"));
                var statement = mlflow.createStatement()) {
            for (String each : statements) {
                statement.executeUpdate(each);
            }
        }
    }

    private List<String> accounts() {
        return users.list().stream()
                .map(user -> user.name() + " " + user.groups() + (user.hasPassword() ? "" : " no password"))
                .toList();
    }

    private String grants(Principal holder) {
        return String.valueOf(stores.access().getState().grants().get(holder));
    }

    private static List<String> conflicts(ImportSummary summary) {
        return summary.result().conflicts().stream()
                .map(conflict -> conflict.kind() + " " + conflict.id())
                .toList();
    }

    private void assertUsersAndRolesOf317(ImportSummary summary) {
        assertEquals(List.of("admin [admins]", "ann []", "bob@example.com []", "eve []", "ops [admins]"), accounts());
        assertEquals(List.of("USER with space", "USER BOB@example.com"), conflicts(summary));
        assertEquals(
                "{experiment/1=MANAGE, prompt/greeting=USE, registered_model/iris=EDIT}",
                grants(Principal.user("ann")));
        assertEquals("{experiment/1=DENY}", grants(Principal.user("eve")));
        assertEquals(
                "{experiment/*=EDIT, registered_model/iris=READ, run/*=READ, workspace/*=USE}",
                grants(Principal.role("editors")));
        AccessState state = stores.access().getState();
        assertEquals(List.of("editors", "nobody's"), List.copyOf(state.roles().keySet()));
        AccessState.RoleState editors = state.roles().get("editors");
        assertEquals("May log", editors.description());
        assertEquals("[user:ann, user:bob@example.com]", editors.members().toString());
        assertEquals(
                List.of(
                        "2 grants of types that Kiroku does not have: gateway_endpoint, scorer",
                        "2 grants on experiments and models that were not imported",
                        "1 grant without effect in MLflow"),
                summary.left());
        assertEquals(List.of(), summary.problems());
    }

    @Test
    void usersRolesAndGrants() throws Exception {
        String uri = unpack("3.17.2");
        ImportSummary counted = run(uri, DRY_RUN);
        assertEquals(List.of(), accounts(), "a dry run writes nothing");
        ImportSummary summary = run(uri, ImportOptions.DEFAULT);
        assertEquals(counted.result(), summary.result(), "the dry run counts what is imported");
        assertUsersAndRolesOf317(summary);
        assertTrue(users.isPassword("Bob@example.com", "password of Bob@Example.com"));
        assertFalse(users.isPassword("ann", "password of eve"));
        assertEquals(8, auditEntries("grant.set"));
        assertEquals(5, auditEntries("user.create"));
        assertEquals(2, auditEntries("role.assign"));

        ImportSummary again = run(uri, ImportOptions.DEFAULT);
        for (TransferResult.Count count : again.result().counts()) {
            assertEquals(0, count.added() + count.updated(), "the second import changes nothing: " + count);
        }
        assertUsersAndRolesOf317(again);
        assertEquals(8, auditEntries("grant.set"));
    }

    private long auditEntries(String action) {
        return stores.database()
                .read(tx -> tx.queryLong(Sql.of("select count(*) from audit_log where action = ?", action))
                        .orElseThrow());
    }

    @Test
    void aSecondImportBringsWhatChangedInTheSourceOnly() throws Exception {
        String uri = unpack("3.17.2");
        run(uri, ImportOptions.DEFAULT);
        stores.access().revoke(Principal.user("ann"), ResourceSelector.parse("experiment/1"), CHANGE);
        users.remove("eve", ROOT);
        users.setPassword("bob@example.com", "chosen here", ROOT);
        users.updateGroups("admin", List.of(), List.of("admins"), ROOT);
        change(
                uri,
                "update users set password_hash = (select password_hash from users where username = 'eve')"
                        + " where username in ('ann', 'Bob@Example.com')",
                "update users set is_admin = 0 where username = 'ops'",
                "insert into users (username, password_hash, is_admin)"
                        + " select 'new', password_hash, 0 from users where username = 'eve'",
                "update role_permissions set permission = 'READ' where resource_pattern = 'iris' and permission = 'EDIT'",
                "update role_permissions set permission = 'EDIT' where resource_pattern = '1' and permission = 'MANAGE'",
                "update role_permissions set resource_pattern = '3' where resource_pattern = '999'",
                "insert into user_role_assignments (user_id, role_id) select u.id, r.id from users u, roles r"
                        + " where u.username = 'new' and r.name = 'editors'");
        ImportSummary rest = run(uri, ImportOptions.DEFAULT);
        assertEquals(
                List.of("admin []", "ann []", "bob@example.com []", "new []", "ops []"),
                accounts(),
                "who was removed here, or is no administrator here any more, stays so");
        assertTrue(conflicts(rest).contains("USER eve"), rest::toString);
        assertEquals(
                "{experiment/3=MANAGE, prompt/greeting=USE, registered_model/iris=READ}",
                grants(Principal.user("ann")),
                "what was revoked here stays revoked");
        assertTrue(users.isPassword("ann", "password of eve"));
        assertTrue(users.isPassword("bob@example.com", "chosen here"));
        assertTrue(stores.access().getState().roles().get("editors").members().contains(Principal.user("new")));
        assertEquals(
                new TransferResult.Count(RecordKind.USER, 1, 2, 2),
                rest.result().count(RecordKind.USER));
    }

    @Test
    void accountsOfOthersStayAsTheyAre() throws Exception {
        String uri = unpack("3.17.2");
        users.add("Ann", null, List.of("ml"), ROOT);
        stores.access().createRole("editors", "ours", CHANGE);
        ImportSummary summary = run(uri, ImportOptions.DEFAULT);
        assertEquals(
                List.of("USER with space", "USER BOB@example.com", "USER ann", "ROLE editors"), conflicts(summary));
        assertTrue(accounts().contains("ann [ml] no password"), accounts()::toString);
        assertEquals("null", grants(Principal.user("ann")));
        assertEquals("null", grants(Principal.role("editors")));

        Path copy = folder.resolve("other.db");
        Files.copy(Path.of(uri.substring("sqlite:///".length())), copy);
        change("sqlite:///" + copy, "update users set is_admin = 1 where username = 'eve'");
        ImportSummary other = run("sqlite:///" + copy, ImportOptions.DEFAULT);
        assertTrue(conflicts(other).contains("USER eve"), "another server may have another user of that name");
        assertTrue(accounts().contains("eve []"), accounts()::toString);
    }

    @Test
    void grantsFollowTheirExperimentsAndModels() throws Exception {
        String uri = unpack("3.17.2");
        String other = MlflowDatabases.unpack("2.9.2", folder);
        change(other, "update experiments set name = 'elsewhere' where experiment_id = 1");
        try (TransferSource source = SourceFactory.open(other)) {
            new Importer(source, stores.transfer(), ImportOptions.DEFAULT, ImportProgress.NONE).run();
        }
        ImportSummary refused = run(uri, DRY_RUN);
        assertTrue(
                refused.left().contains("6 grants on experiments and models that were not imported"),
                () -> "experiment 1 and iris are not those of the source: " + refused);
        run(uri, new ImportOptions(Map.of(1L, 17L), false, Map.of("iris", "flowers*"), "", false));
        assertEquals(
                "{experiment/17=MANAGE, prompt/greeting=USE, registered_model/flowers\\*=EDIT}",
                grants(Principal.user("ann")));
        assertEquals("{experiment/17=DENY}", grants(Principal.user("eve")));
    }

    @Test
    void permissionsOfReleasesWithoutRoles() throws Exception {
        String uri = unpack("2.22.4");
        ImportSummary summary = run(uri, ImportOptions.DEFAULT);
        assertEquals(
                "{experiment/1=MANAGE, prompt/greeting=EDIT, registered_model/iris=EDIT}",
                grants(Principal.user("ann")));
        assertEquals("{experiment/1=DENY, registered_model/iris=DENY}", grants(Principal.user("eve")));
        assertNull(
                stores.users().find("admin").orElseThrow().passwordHash(),
                "everybody knows the password of MLflow's first administrator");
        assertEquals(1, summary.problems().size(), summary::toString);
        assertTrue(summary.problems().getFirst().contains("kiroku users passwd"), summary::toString);
        assertTrue(users.isPassword("ann", "password of ann"));
        assertEquals(
                0,
                run(uri, ImportOptions.DEFAULT).result().count(RecordKind.USER).updated());
    }

    @Test
    void permissionsOnWorkspaces() throws Exception {
        String uri = unpack("3.10.1");
        change(
                uri,
                "insert into workspace_permissions (workspace, user_id, permission)"
                        + " select 'default', id, case username when 'ann' then 'EDIT' else 'READ' end from users"
                        + " where username in ('ann', 'ops')",
                "insert into workspace_permissions (workspace, user_id, permission)"
                        + " select 'other', id, 'MANAGE' from users where username = 'ops'",
                "update registered_model_permissions set workspace = 'other' where permission = 'NO_PERMISSIONS'");
        run(uri, ImportOptions.DEFAULT);
        assertEquals(
                "{experiment/*=EDIT, experiment/1=MANAGE, prompt/*=EDIT, prompt/greeting=EDIT, registered_model/*=EDIT,"
                        + " registered_model/iris=EDIT, workspace/*=USE}",
                grants(Principal.user("ann")));
        assertEquals("{workspace/*=USE}", grants(Principal.user("ops")));
        assertEquals("{experiment/1=DENY}", grants(Principal.user("eve")));
    }

    @Test
    void usersOfPostgresql() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                Connection mlflow = postgres.getPostgresDatabase().getConnection()) {
            try (var statement = mlflow.createStatement();
                    var script = MlflowDatabases.open("basic-auth-3.17.2.sql.gz")) {
                statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
            }
            ImportSummary summary = run(
                    "postgresql://postgres:p%40ss@127.0.0.1:" + postgres.getPort() + "/postgres",
                    ImportOptions.DEFAULT);
            assertUsersAndRolesOf317(summary);
            assertEquals(
                    "users of postgresql://postgres:***@127.0.0.1:" + postgres.getPort() + "/postgres",
                    summary.source());
        }
    }

    @Test
    void otherDatabasesAreRefused() throws Exception {
        String uri = unpack("3.17.2");
        change(uri, "update alembic_version_auth set version_num = '0123456789ab'");
        for (Map.Entry<String, String> wrong : Map.of(
                        uri,
                        "newer than that of MLflow 3.18",
                        tracking,
                        "not a database of MLflow's basic authentication",
                        "sqlite:///" + folder.resolve("kiroku.db"),
                        "not a database of MLflow's basic authentication",
                        "basic_auth.db",
                        "not the URI of a database")
                .entrySet()) {
            String message = assertThrows(KirokuException.class, () -> BasicAuthDatabase.open(wrong.getKey()))
                    .getMessage();
            assertTrue(message.contains(wrong.getValue()), message);
        }
    }
}
