package dev.kiroku.server.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.guard.StoredResourceKeys;
import dev.kiroku.core.users.AccessPolicies;
import dev.kiroku.core.users.AccountCredentials;
import dev.kiroku.core.users.AccountDirectory;
import dev.kiroku.core.users.CredentialVerifier;
import dev.kiroku.core.users.Permissions;
import dev.kiroku.core.users.ResourcePermissions;
import dev.kiroku.core.users.Roles;
import dev.kiroku.core.users.Sessions;
import dev.kiroku.core.users.UserAccounts;
import dev.kiroku.core.users.Users;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import dev.kiroku.server.EndpointBindings;
import dev.kiroku.server.KirokuServer;
import dev.kiroku.server.ServerInfo;
import dev.kiroku.server.ServerSettings;
import dev.kiroku.server.TestGuards;
import dev.kiroku.server.http.EndpointBinding;
import dev.kiroku.server.security.Authenticator.SignInMethod;
import dev.kiroku.stores.StoreUri;
import dev.kiroku.stores.Stores;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, roles and grants over HTTP, as an administrator, an owner and a stranger. */
class AccessApiTest {
    private static final ServerInfo INFO = ServerInfo.withoutFeatures();
    private static final Caller ROOT = new Caller("root", "r");
    private static final String USERS = "/api/2.0/mlflow/users/";
    private static final String PERMISSIONS = "/api/3.0/mlflow/users/permissions/";
    private static final String ROLES = "/api/3.0/mlflow/roles/";
    private static final String ACCESS = "/api/2.0/kiroku/access/";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new HashMap<>();
    private Stores stores;
    private Users users;
    private KirokuServer server;

    @BeforeEach
    void start(@TempDir Path folder) {
        SecureRandom random = new SecureRandom();
        Clock clock = Clock.systemUTC();
        stores = Stores.open(new StoreUri.Sqlite(folder.resolve("k.db")), Duration.ZERO);
        users = new Users(stores.users(), random, clock);
        users.add("admin", null, List.of(Caller.ADMINS), ROOT);
        for (String name : List.of("owner", "stranger")) {
            users.add(name, null, List.of(), ROOT);
        }
        for (String name : List.of("admin", "owner", "stranger")) {
            tokens.put(
                    name,
                    users.createToken(name, "", null, TokenScope.UNRESTRICTED, ROOT)
                            .value());
        }
        var keys = new StoredResourceKeys(stores.resources());
        var credentials = new CredentialVerifier(stores.users(), random, clock);
        server = KirokuServer.start(
                ServerSettings.defaults("127.0.0.1", 0),
                INFO,
                new Authenticator(
                        new Authenticator.AuthenticationSettings(
                                Set.of(SignInMethod.PASSWORD),
                                new TrustedProxies(List.of()),
                                "",
                                "",
                                PermissionLevel.READ),
                        credentials,
                        new Sessions(stores.sessions(), credentials, random, clock, Duration.ofHours(1)),
                        null),
                TestGuards.of(stores),
                bindings(users, keys, clock),
                List.of(),
                List::of);
    }

    private List<EndpointBinding<?, ?>> bindings(Users users, StoredResourceKeys keys, Clock clock) {
        return Stream.of(
                        EndpointBindings.access(
                                new UserAccounts(users, stores.users(), stores.access()),
                                new Roles(stores.access(), stores.users(), clock),
                                new Permissions(stores.access(), stores.users(), keys, PermissionLevel.READ, clock),
                                new AccessPolicies(stores.access(), stores.users(), keys, PermissionLevel.READ, clock),
                                new ResourcePermissions(stores.access(), stores.users(), keys, PermissionLevel.READ)),
                        EndpointBindings.accounts(
                                new AccountDirectory(users, stores.access(), clock),
                                new AccountCredentials(users, stores.users(), stores.sessions(), clock)))
                .<EndpointBinding<?, ?>>flatMap(List::stream)
                .toList();
    }

    @AfterEach
    void stop() {
        server.close();
        stores.close();
    }

    /** Sends a request and returns status and body, with single quotes for double ones. */
    private String call(String user, String method, String path, String json) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Authorization", "Bearer " + tokens.get(user));
        if (json == null) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')));
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body().replace('"', '\'');
    }

    private void assertStatus(int status, String answer) {
        assertTrue(answer.startsWith(status + " "), answer);
    }

    @Test
    void administratorsManageAccounts() throws Exception {
        String created = call("admin", "POST", USERS + "create", "{'username': 'bob', 'password': 'a long password'}");
        assertTrue(
                created.matches(
                        "200 \\{'user':\\{'id':\\d+,'username':'bob','is_admin':false,'experiment_permissions':\\[],'registered_model_permissions':\\[]}}"),
                created);
        assertStatus(
                400, call("admin", "POST", USERS + "create", "{'username': 'bob', 'password': 'a long password'}"));
        assertStatus(
                403, call("stranger", "POST", USERS + "create", "{'username': 'eve', 'password': 'a long password'}"));
        assertEquals("200 {}", call("admin", "PATCH", USERS + "update-admin", "{'username': 'bob', 'is_admin': true}"));
        assertTrue(call("admin", "GET", USERS + "get?username=bob", null).contains("'is_admin':true"));
        assertStatus(403, call("stranger", "GET", USERS + "get?username=bob", null));
        assertStatus(403, call("stranger", "GET", USERS + "get?username=nobody", null));
        assertStatus(404, call("admin", "GET", USERS + "get?username=nobody", null));
        assertStatus(200, call("stranger", "GET", USERS + "get?username=stranger", null));
        assertStatus(403, call("stranger", "DELETE", USERS + "delete", "{'username': 'bob'}"));
        assertStatus(400, call("admin", "DELETE", USERS + "delete", "{'username': 'admin'}"));
        assertEquals("200 {}", call("admin", "DELETE", USERS + "delete", "{'username': 'bob'}"));
        assertTrue(call("stranger", "GET", USERS + "list", null).contains("'username':'owner'"));
    }

    @Test
    void usersChangeTheirPasswordsWithTheCurrentOne() throws Exception {
        String path = USERS + "update-password";
        users.setPassword("owner", "a long password", ROOT);
        assertStatus(400, call("owner", "PATCH", path, "{'username': 'owner', 'password': 'another password'}"));
        assertStatus(
                400,
                call(
                        "owner",
                        "PATCH",
                        path,
                        "{'username': 'owner', 'password': 'another password', 'current_password': 'wrong'}"));
        assertStatus(
                400,
                call(
                        "owner",
                        "PATCH",
                        path,
                        "{'username': 'owner', 'password': 'a long password', 'current_password': 'a long password'}"));
        assertEquals(
                "200 {}",
                call(
                        "owner",
                        "PATCH",
                        path,
                        "{'username': 'owner', 'password': 'another password', 'current_password': 'a long password'}"));
        assertStatus(403, call("stranger", "PATCH", path, "{'username': 'owner', 'password': 'another password'}"));
        assertEquals("200 {}", call("admin", "PATCH", path, "{'username': 'owner', 'password': 'third password'}"));
    }

    @Test
    void ownersGrantPermissionsOnWhatTheyManage() throws Exception {
        long id = stores.experiments().create("team-a/fraud", n -> "x", List.of(), 1);
        String grant = "{'username': '%s', 'resource_type': 'experiment', 'resource_id': '%s', 'permission': '%s'}";
        assertEquals(
                "200 {}", call("admin", "POST", PERMISSIONS + "grant", grant.formatted("owner", "team-a/*", "MANAGE")));
        assertStatus(400, call("admin", "POST", PERMISSIONS + "grant", grant.formatted("owner", "team-a/*", "READ")));
        assertEquals(
                "200 {}", call("owner", "POST", PERMISSIONS + "grant", grant.formatted("stranger", "00" + id, "USE")));
        assertStatus(403, call("owner", "POST", PERMISSIONS + "grant", grant.formatted("stranger", "*", "USE")));
        assertStatus(
                403, call("stranger", "POST", PERMISSIONS + "grant", grant.formatted("stranger", id + "", "MANAGE")));
        String of = "?username=stranger&resource_type=experiment&resource_id=";
        assertEquals(
                "200 {'allowed':true,'permission':'USE'}",
                call("stranger", "GET", PERMISSIONS + "get" + of + id, null));
        assertEquals(
                "200 {'allowed':false,'permission':'READ'}",
                call("admin", "GET", PERMISSIONS + "get" + of + "999", null));
        assertStatus(403, call("owner", "GET", PERMISSIONS + "get" + of + id, null));
        String listed = call("stranger", "GET", "/api/3.0/mlflow/users/current/permissions", null);
        assertTrue(listed.contains("'resource_pattern':'" + id + "','permission':'USE'"), listed);
        String revoke = "{'username': 'stranger', 'resource_type': 'experiment', 'resource_id': '%s'}".formatted(id);
        assertEquals("200 {}", call("owner", "POST", PERMISSIONS + "revoke", revoke));
        assertStatus(404, call("owner", "POST", PERMISSIONS + "revoke", revoke));
        for (String bad : List.of("workspace", "weather")) {
            assertStatus(
                    400,
                    call(
                            "admin",
                            "POST",
                            PERMISSIONS + "grant",
                            "{'username': 'owner', 'resource_type': '%s', 'resource_id': '*', 'permission': 'READ'}"
                                    .formatted(bad)));
        }
        assertStatus(
                400, call("admin", "POST", PERMISSIONS + "grant", grant.formatted("owner", "1", "NO_PERMISSIONS")));
    }

    @Test
    void routesOfEarlierClientsWriteTheSameGrants() throws Exception {
        String base = "/api/2.0/mlflow/experiments/permissions/";
        String answer = call(
                "admin",
                "POST",
                base + "create",
                "{'experiment_id': '0', 'username': 'owner', 'permission': 'NO_PERMISSIONS'}");
        assertTrue(
                answer.matches(
                        "200 \\{'experiment_permission':\\{'experiment_id':'0','user_id':\\d+,'permission':'NO_PERMISSIONS'}}"),
                answer);
        assertTrue(
                call("admin", "GET", PERMISSIONS + "list?username=owner", null).contains("'DENY'"));
        String user = call("admin", "GET", USERS + "get?username=owner", null);
        assertTrue(
                user.matches(
                        "200 .*'experiment_permissions':\\[\\{'experiment_id':'0','user_id':\\d+,'permission':'NO_PERMISSIONS'}],'registered_model_permissions':\\[]}}"),
                user);
        assertEquals(
                "200 {}",
                call(
                        "admin",
                        "PATCH",
                        base + "update",
                        "{'experiment_id': '0', 'username': 'owner', 'permission': 'MANAGE'}"));
        assertTrue(call("owner", "GET", base + "get?experiment_id=0&username=owner", null)
                .contains("'MANAGE'"));
        assertStatus(403, call("stranger", "GET", base + "get?experiment_id=0&username=owner", null));
        assertEquals("200 {}", call("admin", "DELETE", base + "delete", "{'experiment_id': '0', 'username': 'owner'}"));
        String models = "/api/2.0/mlflow/registered-models/permissions/";
        assertStatus(
                200,
                call(
                        "admin",
                        "POST",
                        models + "create",
                        "{'name': 'iris', 'username': 'owner', 'permission': 'MANAGE'}"));
        assertStatus(
                200,
                call(
                        "owner",
                        "POST",
                        models + "create",
                        "{'name': 'iris', 'username': 'stranger', 'permission': 'EDIT'}"));
        assertStatus(
                404,
                call(
                        "owner",
                        "PATCH",
                        models + "update",
                        "{'name': 'iris', 'username': 'admin', 'permission': 'EDIT'}"));
    }

    @Test
    void rolesAreManagedByAdministratorsAndReadByMembers() throws Exception {
        String created = call("admin", "POST", ROLES + "create", "{'workspace': 'default', 'name': 'editors'}");
        assertTrue(
                created.matches(
                        "200 \\{'role':\\{'id':\\d+,'name':'editors','workspace':'default','description':null,'permissions':\\[]}}"),
                created);
        String id = created.replaceAll("(?s).*?'id':(\\d+).*", "$1");
        assertStatus(400, call("admin", "POST", ROLES + "create", "{'workspace': 'default', 'name': 'editors'}"));
        assertStatus(400, call("admin", "POST", ROLES + "create", "{'workspace': 'default', 'name': '__user_1__'}"));
        assertStatus(400, call("admin", "POST", ROLES + "create", "{'workspace': 'other', 'name': 'x'}"));
        assertStatus(403, call("stranger", "POST", ROLES + "create", "{'workspace': 'default', 'name': 'x'}"));
        assertStatus(403, call("stranger", "GET", ROLES + "get?role_id=" + id, null));
        assertStatus(403, call("stranger", "GET", ROLES + "get?role_id=999", null));
        String added = call(
                "admin",
                "POST",
                ROLES + "permissions/add",
                "{'role_id': %s, 'resource_type': 'experiment', 'resource_pattern': '*', 'permission': 'EDIT'}"
                        .formatted(id));
        assertStatus(200, added);
        String permission = added.replaceAll("(?s).*?'id':(\\d+).*", "$1");
        assertStatus(
                200,
                call(
                        "admin",
                        "PATCH",
                        ROLES + "permissions/update",
                        "{'role_permission_id': %s, 'permission': 'MANAGE'}".formatted(permission)));
        assertStatus(
                200, call("admin", "POST", ROLES + "assign", "{'username': 'owner', 'role_id': %s}".formatted(id)));
        assertStatus(200, call("owner", "GET", ROLES + "get?role_id=" + id, null));
        assertStatus(200, call("owner", "GET", ROLES + "list?workspace=default", null));
        assertStatus(403, call("owner", "GET", ROLES + "list", null));
        assertTrue(
                call("admin", "GET", ROLES + "users/list?role_id=" + id, null).contains("'user_id'"));
        assertTrue(call("owner", "GET", "/api/3.0/mlflow/users/roles/list?username=owner", null)
                .contains("editors"));
        assertStatus(
                200, call("admin", "DELETE", ROLES + "unassign", "{'username': 'owner', 'role_id': %s}".formatted(id)));
        assertStatus(
                200,
                call(
                        "admin",
                        "DELETE",
                        ROLES + "permissions/remove",
                        "{'role_permission_id': %s}".formatted(permission)));
        assertStatus(200, call("admin", "DELETE", ROLES + "delete", "{'role_id': %s}".formatted(id)));
        assertStatus(404, call("admin", "GET", ROLES + "get?role_id=" + id, null));
    }

    @Test
    void administratorsDisableAccounts() throws Exception {
        String disable = "{'username': 'owner', 'disabled': %s}";
        assertStatus(403, call("stranger", "POST", ACCOUNTS + "set-disabled", disable.formatted(true)));
        assertStatus(200, call("owner", "GET", ACCOUNTS + "tokens/list", null));
        String disabled = call("admin", "POST", ACCOUNTS + "set-disabled", disable.formatted(true));
        assertTrue(disabled.startsWith("200 ") && disabled.contains("'disabled':true"), disabled);
        assertStatus(401, call("owner", "GET", ACCOUNTS + "tokens/list", null));
        assertStatus(400, call("admin", "POST", ACCOUNTS + "set-disabled", "{'username': 'admin', 'disabled': true}"));
        assertStatus(404, call("admin", "POST", ACCOUNTS + "set-disabled", "{'username': 'nobody', 'disabled': true}"));
        assertStatus(400, call("admin", "POST", ACCOUNTS + "set-disabled", "{'username': 'owner'}"));
        assertStatus(200, call("admin", "POST", ACCOUNTS + "set-disabled", disable.formatted(false)));
        assertStatus(200, call("owner", "GET", ACCOUNTS + "tokens/list", null));
    }

    /** Grants name resources, so the roles of others would tell of models that one must not know of. */
    @Test
    void rolesOfOthersLookLikeRolesThatDoNotExist() throws Exception {
        String grant =
                "{'username': '%s', 'resource_type': 'registered_model', 'resource_id': '%s', 'permission': 'READ'}";
        for (String name : List.of("owner", "stranger")) {
            assertStatus(
                    200,
                    call(
                            "admin",
                            "POST",
                            "/api/3.0/mlflow/users/permissions/grant",
                            grant.formatted(name, "of-" + name)));
        }
        assertStatus(
                200,
                call(
                        "admin",
                        "POST",
                        ACCESS + "grant",
                        "{'to': 'group:ml', 'level': 'READ', 'resources': 'prompt/of-ml'}"));
        String ofOwner = roleOf("owner");
        String ofGroup = call("admin", "GET", ROLES + "list", null)
                .replaceAll("(?s).*'id':(\\d+),'name':'__group_ml__'.*", "$1");
        for (String route : List.of("get", "permissions/list", "users/list")) {
            String missing = call("stranger", "GET", ROLES + route + "?role_id=987654", null);
            assertStatus(403, missing);
            for (String hidden : List.of(ofOwner, ofGroup)) {
                assertEquals(missing, call("stranger", "GET", ROLES + route + "?role_id=" + hidden, null));
                assertStatus(200, call("admin", "GET", ROLES + route + "?role_id=" + hidden, null));
            }
        }
        String listed = call("stranger", "GET", ROLES + "list?workspace=default", null);
        assertTrue(listed.startsWith("200 ") && listed.contains("of-stranger"), listed);
        assertFalse(listed.contains("of-owner") || listed.contains("of-ml"), listed);
        for (String route : List.of("get", "permissions/list")) {
            String own = call("owner", "GET", ROLES + route + "?role_id=" + ofOwner, null);
            assertTrue(own.startsWith("200 ") && own.contains("of-owner"), own);
        }
        call("admin", "POST", "/api/2.0/kiroku/users/groups/update", "{'username': 'stranger', 'join': ['ml']}");
        assertStatus(200, call("stranger", "GET", ROLES + "get?role_id=" + ofGroup, null));
        assertStatus(403, call("stranger", "GET", ROLES + "get?role_id=" + ofOwner, null));
    }

    private String roleOf(String user) throws Exception {
        return call(user, "GET", "/api/3.0/mlflow/users/roles/list?username=" + user, null)
                .replaceAll("(?s).*?'id':(\\d+).*", "$1");
    }

    /** Whoever manages the workspace manages its resources and roles, but neither passwords nor the server. */
    @Test
    void workspaceAdministratorsAreNoAdministrators() throws Exception {
        String created = call("admin", "POST", ROLES + "create", "{'workspace': 'default', 'name': 'leads'}");
        String id = created.replaceAll("(?s).*?'id':(\\d+).*", "$1");
        call(
                "admin",
                "POST",
                ROLES + "permissions/add",
                "{'role_id': %s, 'resource_type': 'workspace', 'resource_pattern': '*', 'permission': 'MANAGE'}"
                        .formatted(id));
        call("admin", "POST", ROLES + "assign", "{'username': 'owner', 'role_id': %s}".formatted(id));
        assertStatus(200, call("owner", "POST", ROLES + "create", "{'workspace': 'default', 'name': 'x'}"));
        assertStatus(
                200, call("owner", "POST", USERS + "create", "{'username': 'bob', 'password': 'a long password'}"));
        assertStatus(
                403,
                call("owner", "PATCH", USERS + "update-password", "{'username': 'bob', 'password': 'another one'}"));
        assertStatus(403, call("owner", "PATCH", USERS + "update-admin", "{'username': 'owner', 'is_admin': true}"));
        assertStatus(403, call("owner", "DELETE", USERS + "delete", "{'username': 'bob'}"));
        assertStatus(
                403,
                call(
                        "owner",
                        "POST",
                        ACCESS + "grant",
                        "{'to': 'user:owner', 'resources': 'server/*', 'level': 'MANAGE'}"));
        assertStatus(
                403,
                call(
                        "owner",
                        "POST",
                        ROLES + "permissions/add",
                        "{'role_id': %s, 'resource_type': 'server', 'resource_pattern': '*', 'permission': 'MANAGE'}"
                                .formatted(id)));
    }

    @Test
    void explanationsNameTheGrantsThatDecide() throws Exception {
        stores.experiments().create("team-a/fraud", n -> "x", List.of(), 1);
        assertEquals(
                "200 {}",
                call(
                        "admin",
                        "POST",
                        ACCESS + "grant",
                        "{'to': 'user:owner', 'resources': 'experiment/team-a/*', 'level': 'edit'}"));
        String explained = call(
                "admin", "GET", ACCESS + "explain?user=owner&action=update&resource=experiment/team-a/fraud", null);
        assertTrue(explained.contains("'allowed':true"), explained);
        assertTrue(explained.contains("EDIT experiment/team-a/* of user:owner"), explained);
        String refused = call("owner", "GET", ACCESS + "explain?action=delete&resource=experiment/team-a/fraud", null);
        assertTrue(refused.startsWith("200") && refused.contains("'allowed':false"), refused);
        assertStatus(
                403, call("stranger", "GET", ACCESS + "explain?user=owner&action=read&resource=experiment/1", null));
        assertStatus(403, call("stranger", "GET", ACCESS + "list", null));
        String policy = call("admin", "GET", ACCESS + "list", null);
        assertTrue(policy.contains("{'to':'user:owner','grants':['EDIT experiment/team-a/*']}"), policy);
        String applied = call(
                "admin",
                "POST",
                ACCESS + "apply",
                "{'policy': {'roles': [{'name': 'r', 'members': ['group:ml'], 'grants': ['READ run/*']}]}, 'dry_run': true}");
        assertEquals(
                "200 {'changes':['+ role:r','- user:owner EDIT experiment/team-a/*','+ role:r READ run/*','+ role:r member group:ml']}",
                applied);
        assertFalse(call("admin", "GET", ACCESS + "list", null).contains("group:ml"));
        for (String bad : List.of(
                "{'to': 'owner', 'resources': 'experiment/1', 'level': 'READ'}",
                "{'to': 'user:', 'resources': 'experiment/1', 'level': 'READ'}",
                "{'to': 'user:owner', 'resources': 'weather/1', 'level': 'READ'}",
                "{'to': 'user:owner', 'resources': 'experiment', 'level': 'READ'}",
                "{'to': 'user:owner', 'resources': 'experiment/1', 'level': 'WRITE'}")) {
            assertStatus(400, call("admin", "POST", ACCESS + "grant", bad));
        }
    }

    private static final String ACCOUNTS = "/api/2.0/kiroku/users/";

    /** Returns the value of a field of a JSON answer, in which quotes are single. */
    private static String field(String answer, String name) {
        return answer.replaceFirst("(?s).*'" + name + "':'?([^',}]*).*", "$1");
    }

    @Test
    void usersManageTheirTokens() throws Exception {
        String created = call(
                "owner",
                "POST",
                ACCOUNTS + "tokens/create",
                "{'label': 'nightly', 'lifetime_hours': 24, 'read_only': true, 'resources': ['experiment/team-a/*']}");
        assertStatus(200, created);
        tokens.put("owner's", field(created, "secret"));
        String listed = call("owner", "GET", ACCOUNTS + "tokens/list", null);
        assertTrue(listed.contains("'label':'nightly'") && listed.contains("'experiment/team-a/*'"), listed);
        assertTrue(listed.contains("'expiration_timestamp':"), listed);
        assertFalse(listed.contains("secret") || listed.contains(tokens.get("owner's")), listed);

        String id = field(created, "id");
        String revoke = "{'id': '%s'}".formatted(id);
        assertStatus(403, call("stranger", "GET", ACCOUNTS + "tokens/list?username=owner", null));
        assertStatus(403, call("stranger", "POST", ACCOUNTS + "tokens/create", "{'username': 'owner'}"));
        assertStatus(404, call("stranger", "POST", ACCOUNTS + "tokens/revoke", revoke));
        assertStatus(404, call("stranger", "POST", ACCOUNTS + "tokens/revoke", "{'id': 'none'}"));
        assertTrue(call("admin", "GET", ACCOUNTS + "tokens/list?username=owner", null)
                .contains("'nightly'"));

        assertStatus(200, call("owner's", "GET", ACCOUNTS + "tokens/list", null));
        assertEquals("200 {}", call("owner", "POST", ACCOUNTS + "tokens/revoke", revoke));
        assertStatus(401, call("owner's", "GET", ACCOUNTS + "tokens/list", null));
    }

    @Test
    void restrictedTokensLeadToNoWiderOnes() throws Exception {
        for (String scope : List.of("'read_only': true", "'resources': ['experiment/*']")) {
            String created = call("admin", "POST", ACCOUNTS + "tokens/create", "{" + scope + "}");
            tokens.put("restricted", field(created, "secret"));
            assertStatus(403, call("restricted", "POST", ACCOUNTS + "tokens/create", "{}"));
            assertStatus(403, call("restricted", "POST", ACCOUNTS + "tokens/create", "{" + scope + "}"));
            assertStatus(403, call("restricted", "POST", ACCOUNTS + "tokens/revoke", "{'id': 'x'}"));
            assertStatus(403, call("restricted", "POST", ACCOUNTS + "sessions/end", "{}"));
            assertStatus(403, call("restricted", "POST", ACCOUNTS + "create", "{'username': 'eve'}"));
            assertStatus(
                    403,
                    call(
                            "restricted",
                            "POST",
                            "/api/2.0/kiroku/users/groups/update",
                            "{'username': 'eve', 'join': ['x']}"));
            assertStatus(403, call("restricted", "GET", ACCOUNTS + "tokens/list?username=owner", null));
        }
    }

    @Test
    void tokensThatCannotBeAreRefused() throws Exception {
        for (String bad : List.of(
                "'lifetime_hours': 0",
                "'lifetime_hours': 100000000",
                "'resources': ['weather/*']",
                "'resources': ['experiment']",
                "'resources': ['workspace/x']",
                "'label': '" + "x".repeat(251) + "'")) {
            assertStatus(400, call("owner", "POST", ACCOUNTS + "tokens/create", "{" + bad + "}"));
        }
        assertStatus(404, call("admin", "POST", ACCOUNTS + "tokens/create", "{'username': 'nobody'}"));
    }

    @Test
    void usersEndTheirSessions() throws Exception {
        var credentials = new CredentialVerifier(stores.users(), new SecureRandom(), Clock.systemUTC());
        var sessions = new Sessions(
                stores.sessions(), credentials, new SecureRandom(), Clock.systemUTC(), Duration.ofHours(1));
        users.setPassword("owner", "a long password", ROOT);
        for (String name : List.of("first", "second")) {
            tokens.put(name, sessions.startWithPassword("owner", "a long password", "127.0.0.1", "r"));
        }
        String listed = call("first", "GET", ACCOUNTS + "sessions/list", null);
        assertEquals(2, listed.split("'id'", -1).length - 1, listed);
        assertFalse(listed.contains("kirokus_"), listed);
        assertEquals(1, listed.split("'current':true", -1).length - 1, listed);
        assertFalse(call("owner", "GET", ACCOUNTS + "sessions/list", null).contains("'current':true"));
        String one = "{'id': '%s'}".formatted(field(listed, "id"));
        assertStatus(404, call("stranger", "POST", ACCOUNTS + "sessions/end", one));
        assertStatus(403, call("stranger", "POST", ACCOUNTS + "sessions/end", "{'username': 'owner'}"));
        assertEquals("200 {'ended':1}", call("owner", "POST", ACCOUNTS + "sessions/end", one));
        assertTrue(call("admin", "GET", ACCOUNTS + "list", null).matches(".*'owner'[^}]*'last_sign_in_timestamp':.*"));
        assertEquals("200 {'ended':1}", call("admin", "POST", ACCOUNTS + "sessions/end", "{'username': 'owner'}"));
        assertStatus(401, call("first", "GET", ACCOUNTS + "sessions/list", null));
        assertStatus(401, call("second", "GET", ACCOUNTS + "sessions/list", null));
    }

    @Test
    void administratorsManageAccountsAndGroups() throws Exception {
        String robot =
                call("admin", "POST", ACCOUNTS + "create", "{'username': 'ci', 'service': true, 'groups': ['ml']}");
        assertTrue(robot.contains("'service':true") && robot.contains("'groups':['ml']"), robot);
        assertStatus(
                400,
                call(
                        "admin",
                        "POST",
                        ACCOUNTS + "create",
                        "{'username': 'ci2', 'service': true, 'password': 'a long password'}"));
        assertStatus(403, call("stranger", "POST", ACCOUNTS + "create", "{'username': 'eve'}"));
        assertStatus(403, call("stranger", "GET", ACCOUNTS + "list", null));
        assertStatus(403, call("stranger", "GET", ACCOUNTS + "groups/list", null));

        String moved = call(
                "admin",
                "POST",
                "/api/2.0/kiroku/users/groups/update",
                "{'username': 'owner', 'join': ['ml', 'leads'], 'leave': ['none']}");
        assertTrue(moved.contains("'groups':['leads','ml']"), moved);
        assertStatus(
                403,
                call(
                        "owner",
                        "POST",
                        "/api/2.0/kiroku/users/groups/update",
                        "{'username': 'owner', 'join': ['admins']}"));
        assertStatus(
                400,
                call(
                        "admin",
                        "POST",
                        "/api/2.0/kiroku/users/groups/update",
                        "{'username': 'admin', 'leave': ['admins']}"));
        assertStatus(
                400,
                call("admin", "POST", "/api/2.0/kiroku/users/groups/update", "{'username': 'owner', 'join': ['a b']}"));

        String role = call("admin", "POST", ROLES + "create", "{'name': 'editors', 'workspace': 'default'}");
        String assign = "{'role_id': %s, 'group_name': 'ml'}".formatted(field(role, "id"));
        assertStatus(200, call("admin", "POST", ROLES + "assign", assign));
        assertStatus(
                200,
                call(
                        "admin",
                        "POST",
                        ACCESS + "grant",
                        "{'to': 'group:auditors', 'resources': 'experiment/*', 'level': 'READ'}"));
        String guests = "{'name': 'guests', 'default_permission': '%s'}";
        assertEquals(
                "200 {}", call("admin", "POST", ACCOUNTS + "groups/set-default", guests.formatted("NO_PERMISSIONS")));
        assertStatus(400, call("admin", "POST", ACCOUNTS + "groups/set-default", guests.formatted("DENY")));
        assertStatus(403, call("owner", "POST", ACCOUNTS + "groups/set-default", guests.formatted("MANAGE")));
        String groups = call("admin", "GET", ACCOUNTS + "groups/list", null);
        assertTrue(groups.contains("'name':'ml','members':['ci','owner'],'roles':['editors'],'grants':[]"), groups);
        assertTrue(groups.contains("'name':'auditors','members':[],'roles':[],'grants':['READ experiment/*']"), groups);
        assertTrue(
                groups.contains("'name':'guests'") && groups.contains("'default_permission':'NO_PERMISSIONS'"), groups);
        assertEquals("200 {}", call("admin", "POST", ACCOUNTS + "groups/set-default", "{'name': 'guests'}"));
        assertFalse(call("admin", "GET", ACCOUNTS + "groups/list", null).contains("guests"));
    }

    @Test
    void rightsSayWhatIsMissingAndWhoGivesIt() throws Exception {
        long id = stores.experiments().create("team-a/fraud", n -> "x", List.of(), 1);
        String rights = ACCESS + "rights?resources=experiment/" + id;
        String mayNot = call("stranger", "GET", rights + "&resources=experiment/*", null);
        assertTrue(
                mayNot.contains("{'action':'update','allowed':false,'needs':'EDIT','on':'experiment/team-a/fraud'}"),
                mayNot);
        assertTrue(mayNot.contains("'ask':['user:admin']"), "nobody manages it: " + mayNot);
        assertTrue(mayNot.contains("{'action':'create','allowed':true}"), mayNot);
        String grant = "{'to': '%s', 'resources': '%s', 'level': '%s'}";
        assertStatus(
                200,
                call("admin", "POST", ACCESS + "grant", grant.formatted("user:owner", "experiment/" + id, "MANAGE")));
        assertTrue(call("stranger", "GET", rights, null).contains("'ask':['user:owner']"));
        assertTrue(call("owner", "GET", rights, null).contains("{'action':'delete','allowed':true}"));
        assertTrue(call("stranger", "GET", ACCESS + "rights?resources=server/*", null)
                .contains("{'action':'manage','allowed':false,'needs':'MANAGE','on':'server/*'}"));
        // What one may not read says no more than what does not exist.
        assertStatus(
                200, call("admin", "POST", ACCESS + "grant", grant.formatted("user:stranger", "experiment/*", "DENY")));
        String hidden = call("stranger", "GET", rights, null);
        assertTrue(!hidden.contains("fraud") && !hidden.contains("owner"), hidden);
        assertEquals(
                hidden.replace("/" + id + "'", ""),
                call("stranger", "GET", ACCESS + "rights?resources=experiment/999", null)
                        .replace("/999'", ""));
        assertStatus(400, call("owner", "GET", ACCESS + "rights?resources=nothing", null));
        assertStatus(400, call("owner", "GET", ACCESS + "rights", null));
    }

    @Test
    void managersSeeWhoMayDoWhatToAResource() throws Exception {
        long id = stores.experiments().create("team-a/fraud", n -> "x", List.of(), 1);
        String grant = "{'to': '%s', 'resources': '%s', 'level': '%s'}";
        String role = call("admin", "POST", ROLES + "create", "{'name': 'editors', 'workspace': 'default'}");
        assertStatus(
                200,
                call(
                        "admin",
                        "POST",
                        ROLES + "assign",
                        "{'role_id': %s, 'username': 'stranger'}".formatted(field(role, "id"))));
        for (String[] each : new String[][] {
            {"user:owner", "experiment/" + id, "MANAGE"},
            {"group:ml", "experiment/team-a/*", "EDIT"},
            {"role:editors", "experiment/team-*", "READ"},
            {"user:stranger", "run/team-a/fraud", "DENY"},
            {"user:stranger", "experiment/team-b/*", "EDIT"},
            {"user:stranger", "registered_model/*", "EDIT"},
        }) {
            assertStatus(200, call("admin", "POST", ACCESS + "grant", grant.formatted((Object[]) each)));
        }
        String path = ACCESS + "resource?resource=experiment/" + id;
        String seen = call("owner", "GET", path, null);
        assertTrue(seen.startsWith("200 {'resource':'experiment/team-a/fraud',"), seen);
        for (String part : List.of(
                "{'to':'user:owner','level':'MANAGE','resources':'experiment/" + id + "','own':true}",
                "{'to':'group:ml','level':'EDIT','resources':'experiment/team-a/*','own':false}",
                "{'to':'role:editors','level':'READ','resources':'experiment/team-*','members':['user:stranger'],'own':false}",
                "{'to':'user:stranger','level':'DENY','resources':'run/team-a/fraud','own':true}",
                "'default_permission':'READ'",
                "'administrators':['admin']")) {
            assertTrue(seen.contains(part), part + " in " + seen);
        }
        assertFalse(seen.contains("team-b") || seen.contains("registered_model"), seen);
        assertStatus(403, call("stranger", "GET", path, null));
        // Whoever manages a resource may ask about others there.
        String explain = ACCESS + "explain?user=stranger&action=update&resource=experiment/";
        assertTrue(call("owner", "GET", explain + id, null)
                .contains("READ experiment/team-* of user:stranger by role:editors"));
        assertStatus(403, call("owner", "GET", explain + "999", null));
    }
}
