package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ApiCall.Person;
import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Users, roles and grants, as an administrator and as others see them, on servers whose default permission is READ. */
public final class AccessCases {
    private static final String USERS = "users/";
    private static final String ROLES = "/api/3.0/mlflow/roles/";
    private static final String OF_USERS = "/api/3.0/mlflow/users/";
    private static final String PASSWORD = "'password': 'a long password'";
    private static final String NOBODY = "'username': 'nobody'";

    private static final String SHORTER = "Kiroku's passwords have at least 8 characters, MLflow's 12.";
    static final String FOR_EARLIER_CLIENTS = "Kiroku also lists the grants that clients before MLflow 3.13 require.";

    private static final String OWN_ROLES =
            "In Kiroku users read only the roles that they have, because the grants of a role name resources; in MLflow"
                    + " whoever has any grant reads all roles, also those of single users.";

    private AccessCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                signIn(),
                users(),
                passwords(),
                administrators(),
                roles(),
                permissionsOfRoles(),
                assignments(),
                workspaceAdministrators(),
                grants(),
                grantsByOwners(),
                effectivePermissions(),
                namesThatCarryGrants(),
                earlierRoutes());
    }

    private static ConformanceScenario signIn() {
        return scenario("access, sign-in")
                .get("/health")
                .as((String) null)
                .get(USERS + "current")
                .get("experiments/get?experiment_id=0")
                .post("experiments/search", "{'max_results': 1}")
                .get("/api/2.0/mlflow-artifacts/artifacts?path=x")
                .post("/graphql", "{'query': '{ __typename }'}")
                .get("/get-artifact?run_uuid=x&path=y")
                .get("/no/such/page")
                .as(new Person("owner with a wrong password", "Basic b3duZXI6d3Jvbmc="))
                .get(USERS + "current")
                .as(Person.user("nobody"))
                .get(USERS + "current")
                .as(new Person("Basic without colon", "Basic b3duZXI="))
                .get(USERS + "current")
                .as(new Person("Basic of noise", "Basic ?"))
                .get(USERS + "current")
                .as(new Person("bearer", "Bearer nonsense"))
                .get(USERS + "current")
                .differs("MLflow answers with an internal error to a token; Kiroku knows tokens, and this is none.")
                .as("reader")
                .get(USERS + "current")
                .as("admin")
                .get(USERS + "current")
                .differs("Kiroku also names the groups of the user.");
    }

    private static ConformanceScenario users() {
        return scenario("access, users")
                .as("admin")
                .post(USERS + "create", "{'username': 'ann', " + PASSWORD + "}")
                .differs(FOR_EARLIER_CLIENTS)
                .post(USERS + "create", "{'username': 'ann', " + PASSWORD + "}")
                .post(USERS + "create", "{'username': '', " + PASSWORD + "}")
                .post(USERS + "create", "{" + PASSWORD + "}")
                .post(USERS + "create", "{'username': 'bob'}")
                .post(USERS + "create", "{'username': 'bob', 'password': ''}")
                .post(USERS + "create", "{'username': 'bob', 'password': 'short'}")
                .post(USERS + "create", "{'username': 'bob', 'password': 'ten chars!'}")
                .differs(SHORTER)
                .delete(USERS + "delete", "{'username': 'bob'}")
                .differs(SHORTER)
                .raw("POST", USERS + "create", "username=bob&password=a+long+password")
                .contentType("application/x-www-form-urlencoded")
                .get(USERS + "get?username=ann")
                .differs(FOR_EARLIER_CLIENTS)
                .get(USERS + "get?username=nobody")
                .get(USERS + "get")
                .get(USERS + "get?username=")
                .differs("In Kiroku an empty name is a missing one.")
                .get(USERS + "list")
                .post(USERS + "list", "{}")
                .as("reader")
                .post(USERS + "create", "{'username': 'eve', " + PASSWORD + "}")
                .get(USERS + "get?username=reader")
                .differs(FOR_EARLIER_CLIENTS)
                .get(USERS + "get?username=ann")
                .get(USERS + "get?username=nobody")
                .get(USERS + "get")
                .get(USERS + "list")
                .delete(USERS + "delete", "{'username': 'ann'}")
                .delete(USERS + "delete", "{" + NOBODY + "}")
                .delete(USERS + "delete", "{'username': 'reader'}")
                .as("admin")
                .delete(USERS + "delete", "{'username': 'admin'}")
                .delete(USERS + "delete", "{" + NOBODY + "}")
                .delete(USERS + "delete", "{}")
                .delete(USERS + "delete", "{'username': 'ann'}")
                .delete(USERS + "delete", "{'username': 'ann'}")
                .get(USERS + "get?username=ann");
    }

    private static ConformanceScenario passwords() {
        String update = USERS + "update-password";
        return scenario("access, passwords")
                .as("admin")
                .post(USERS + "create", "{'username': 'changer', 'password': 'password-of-changer'}")
                .differs(FOR_EARLIER_CLIENTS)
                .as("changer")
                .patch(update, "{'username': 'changer', 'password': 'another password'}")
                .sameText()
                .patch(
                        update,
                        "{'username': 'changer', 'password': 'another password', 'current_password': 'wrong password'}")
                .sameText()
                .patch(
                        update,
                        "{'username': 'changer', 'password': 'password-of-changer', 'current_password': 'password-of-changer'}")
                .sameText()
                .patch(
                        update,
                        "{'username': 'changer', 'password': 'short', 'current_password': 'password-of-changer'}")
                .patch(update, "{'username': 'changer', 'current_password': 'password-of-changer'}")
                .patch(update, "{'password': 'another password'}")
                .patch(update, "{'username': 'admin', 'password': 'another password'}")
                .patch(update, "{" + NOBODY + ", 'password': 'another password'}")
                .patch(
                        update,
                        "{'username': 'changer', 'password': 'password-of-changed', 'current_password': 'password-of-changer'}")
                .get(USERS + "current")
                .as("admin")
                .patch(update, "{'username': 'changer', 'password': 'password-of-changer'}")
                .patch(update, "{'username': 'changer', 'password': 'short'}")
                .patch(update, "{'username': 'changer'}")
                .patch(update, "{" + NOBODY + ", 'password': 'another password'}")
                .as("changer")
                .get(USERS + "get?username=changer")
                .differs(FOR_EARLIER_CLIENTS)
                .as("admin")
                .delete(USERS + "delete", "{'username': 'changer'}")
                .as("changer")
                .get(USERS + "get?username=changer");
    }

    private static ConformanceScenario administrators() {
        String update = USERS + "update-admin";
        return scenario("access, administrators")
                .as("admin")
                .post(USERS + "create", "{'username': 'second', 'password': 'password-of-second'}")
                .differs(FOR_EARLIER_CLIENTS)
                .as("second")
                .patch(update, "{'username': 'second', 'is_admin': true}")
                .post("experiments/create", "{'name': 'of-second'}")
                .save("exp", "experiment_id")
                .as("admin")
                .patch(update, "{'username': 'second', 'is_admin': true}")
                .patch(update, "{" + NOBODY + ", 'is_admin': true}")
                .patch(update, "{'username': 'second'}")
                .patch(update, "{'is_admin': true}")
                .as("second")
                .get(USERS + "get?username=second")
                .differs(FOR_EARLIER_CLIENTS)
                .post(USERS + "create", "{'username': 'third', " + PASSWORD + "}")
                .differs(FOR_EARLIER_CLIENTS)
                .get(USERS + "get?username=admin")
                .differs(FOR_EARLIER_CLIENTS)
                .patch(USERS + "update-password", "{'username': 'third', 'password': 'another password'}")
                .delete(USERS + "delete", "{'username': 'third'}")
                .get(ROLES + "list")
                .as("admin")
                .patch(update, "{'username': 'second', 'is_admin': false}")
                .as("second")
                .get(USERS + "get?username=admin")
                .get(ROLES + "list")
                .as("admin")
                .delete(USERS + "delete", "{'username': 'second'}")
                .get("experiments/get?experiment_id=${exp}");
    }

    private static ConformanceScenario roles() {
        return scenario("access, roles")
                .as("admin")
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'viewers', 'description': 'May look'}")
                .save("viewers", "role.id")
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'plain'}")
                .save("plain", "role.id")
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'viewers'}")
                .post(ROLES + "create", "{'workspace': 'default', 'name': ''}")
                .post(ROLES + "create", "{'workspace': 'default', 'name': ' '}")
                .post(ROLES + "create", "{'workspace': '', 'name': 'x'}")
                .post(ROLES + "create", "{'workspace': 'default'}")
                .post(ROLES + "create", "{'name': 'x'}")
                .post(ROLES + "create", "{'workspace': 'default', 'name': '__user_7__'}")
                .post(ROLES + "create", "{'workspace': 'default', 'name': '" + "x".repeat(255) + "'}")
                .save("long", "role.id")
                .delete(ROLES + "delete", "{'role_id': ${long}}")
                .post(
                        ROLES + "create",
                        "{'workspace': 'default', 'name': 'long', 'description': '" + "x".repeat(1024) + "'}")
                .save("long", "role.id")
                .delete(ROLES + "delete", "{'role_id': ${long}}")
                .get(ROLES + "get?role_id=${viewers}")
                .get(ROLES + "get?role_id=987654")
                .sameText()
                .get(ROLES + "get?role_id=x")
                .get(ROLES + "get")
                .get(ROLES + "list?workspace=default")
                .get(ROLES + "list?workspace=")
                .get(ROLES + "list?workspace=elsewhere")
                .get(ROLES + "list")
                .patch(ROLES + "update", "{'role_id': ${viewers}, 'name': 'watchers'}")
                .patch(ROLES + "update", "{'role_id': ${viewers}, 'description': 'May watch'}")
                .patch(ROLES + "update", "{'role_id': ${viewers}, 'name': 'plain'}")
                .patch(ROLES + "update", "{'role_id': ${viewers}}")
                .sameText()
                .patch(ROLES + "update", "{'role_id': ${viewers}, 'name': ''}")
                .patch(ROLES + "update", "{'role_id': 987654, 'name': 'x'}")
                .sameText()
                .patch(ROLES + "update", "{'name': 'x'}")
                .as("stranger")
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'mine'}")
                .get(ROLES + "get?role_id=${plain}")
                .get(ROLES + "get?role_id=987654")
                .get(ROLES + "list?workspace=default")
                .get(ROLES + "list")
                .patch(ROLES + "update", "{'role_id': ${plain}, 'name': 'mine'}")
                .delete(ROLES + "delete", "{'role_id': ${plain}}")
                .delete(ROLES + "delete", "{'role_id': 987654}")
                .as("admin")
                .delete(ROLES + "delete", "{'role_id': ${plain}}")
                .delete(ROLES + "delete", "{'role_id': ${plain}}")
                .delete(ROLES + "delete", "{}")
                .delete(ROLES + "delete", "{'role_id': ${viewers}}")
                .get(ROLES + "list?workspace=default");
    }

    private static ConformanceScenario permissionsOfRoles() {
        String add = ROLES + "permissions/add";
        String grant = "{'role_id': ${role}, 'resource_type': '%s', 'resource_pattern': '%s', 'permission': '%s'}";
        ConformanceScenario cases = scenario("access, permissions of roles")
                .as("admin")
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'holders'}")
                .save("role", "role.id");
        for (String type : List.of(
                "experiment",
                "run",
                "trace",
                "logged_model",
                "registered_model",
                "registered_model_version",
                "prompt",
                "prompt_version",
                "scorer",
                "gateway_endpoint",
                "workspace")) {
            cases.post(add, grant.formatted(type, "*", type.equals("workspace") ? "USE" : "READ"));
        }
        return cases.post(add, grant.formatted("experiment", "*", "EDIT"))
                .post(add, grant.formatted("experiment", "12", "EDIT"))
                .save("permission", "role_permission.id")
                .post(add, grant.formatted("registered_model", "iris", "DENY"))
                .post(add, grant.formatted("experiment", "13", "read"))
                .post(add, grant.formatted("experiment", "13", "NO_PERMISSIONS"))
                .post(add, grant.formatted("experiment", "13", "ALL"))
                .post(add, grant.formatted("weather", "13", "READ"))
                .post(add, grant.formatted("workspace", "13", "MANAGE"))
                .post(add, grant.formatted("workspace", "*", "EDIT"))
                .post(
                        add,
                        "{'role_id': 987654, 'resource_type': 'experiment', 'resource_pattern': '*', 'permission': 'READ'}")
                .post(add, "{'role_id': ${role}, 'resource_type': 'experiment', 'resource_pattern': '14'}")
                .post(add, "{'role_id': ${role}}")
                .get(ROLES + "permissions/list?role_id=${role}")
                .get(ROLES + "permissions/list?role_id=987654")
                .get(ROLES + "permissions/list")
                .get(ROLES + "get?role_id=${role}")
                .patch(ROLES + "permissions/update", "{'role_permission_id': ${permission}, 'permission': 'MANAGE'}")
                .patch(ROLES + "permissions/update", "{'role_permission_id': ${permission}, 'permission': 'ALL'}")
                .patch(ROLES + "permissions/update", "{'role_permission_id': ${permission}}")
                .patch(ROLES + "permissions/update", "{'role_permission_id': 987654, 'permission': 'READ'}")
                .as("stranger")
                .post(add, grant.formatted("experiment", "15", "READ"))
                .get(ROLES + "permissions/list?role_id=${role}")
                .patch(ROLES + "permissions/update", "{'role_permission_id': ${permission}, 'permission': 'READ'}")
                .delete(ROLES + "permissions/remove", "{'role_permission_id': ${permission}}")
                .delete(ROLES + "permissions/remove", "{'role_permission_id': 987654}")
                .as("admin")
                .delete(ROLES + "permissions/remove", "{'role_permission_id': ${permission}}")
                .delete(ROLES + "permissions/remove", "{'role_permission_id': ${permission}}")
                .delete(ROLES + "permissions/remove", "{}")
                .post(add, grant.formatted("run", "13", "READ"))
                .differs("In Kiroku a grant on runs can name the experiment whose runs are meant.")
                .delete(ROLES + "delete", "{'role_id': ${role}}")
                .get(ROLES + "permissions/list?role_id=${role}");
    }

    private static ConformanceScenario assignments() {
        String assignment = "{'username': '%s', 'role_id': ${role}}";
        return scenario("access, assignments of roles")
                .as("admin")
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'team'}")
                .save("role", "role.id")
                .post(USERS + "create", "{'username': 'member', 'password': 'password-of-member'}")
                .differs(FOR_EARLIER_CLIENTS)
                .post(OF_USERS + "permissions/grant", grant("reader", "registered_model", "hidden-from-member", "READ"))
                .get(OF_USERS + "roles/list?username=reader")
                .save("hidden", "roles.0.id")
                .as("member")
                .get(ROLES + "get?role_id=${role}")
                .get(OF_USERS + "roles/list?username=member")
                .as("admin")
                .post(ROLES + "assign", assignment.formatted("member"))
                .post(ROLES + "assign", assignment.formatted("member"))
                .post(ROLES + "assign", assignment.formatted("nobody"))
                .post(ROLES + "assign", "{'username': 'member', 'role_id': 987654}")
                .post(ROLES + "assign", "{'username': 'member'}")
                .post(ROLES + "assign", "{'role_id': ${role}}")
                .get(ROLES + "users/list?role_id=${role}")
                .get(ROLES + "users/list?role_id=987654")
                .get(OF_USERS + "roles/list?username=member")
                .get(OF_USERS + "roles/list?username=nobody")
                .get(OF_USERS + "roles/list")
                .get(USERS + "list")
                .as("member")
                .get(ROLES + "get?role_id=${role}")
                .get(ROLES + "get?role_id=987654")
                .get(ROLES + "get?role_id=${hidden}")
                .differs(OWN_ROLES)
                .get(ROLES + "permissions/list?role_id=${hidden}")
                .differs(OWN_ROLES)
                .get(ROLES + "list?workspace=default")
                .differs(OWN_ROLES)
                .get(ROLES + "list?workspace=elsewhere")
                .get(ROLES + "list")
                .get(ROLES + "permissions/list?role_id=${role}")
                .get(ROLES + "users/list?role_id=${role}")
                .get(OF_USERS + "roles/list?username=member")
                .get(OF_USERS + "roles/list?username=admin")
                .get(OF_USERS + "roles/list?username=nobody")
                .get(USERS + "list")
                .post(ROLES + "assign", assignment.formatted("stranger"))
                .delete(ROLES + "unassign", assignment.formatted("member"))
                .as("stranger")
                .get(OF_USERS + "roles/list?username=member")
                .as("admin")
                .delete(ROLES + "unassign", assignment.formatted("member"))
                .delete(ROLES + "unassign", assignment.formatted("member"))
                .delete(ROLES + "unassign", assignment.formatted("nobody"))
                .delete(ROLES + "unassign", "{'username': 'member', 'role_id': 987654}")
                .post(OF_USERS + "permissions/revoke", resource("reader", "registered_model", "hidden-from-member"))
                .delete(ROLES + "delete", "{'role_id': ${role}}")
                .delete(USERS + "delete", "{'username': 'member'}");
    }

    private static ConformanceScenario workspaceAdministrators() {
        return scenario("access, administrators of the workspace")
                .as("owner")
                .experiment("of-owner-for-lead")
                .as("admin")
                .post(USERS + "create", "{'username': 'lead', 'password': 'password-of-lead'}")
                .differs(FOR_EARLIER_CLIENTS)
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'leads'}")
                .save("role", "role.id")
                .post(
                        ROLES + "permissions/add",
                        "{'role_id': ${role}, 'resource_type': 'workspace', 'resource_pattern': '*', 'permission': 'MANAGE'}")
                .post(ROLES + "assign", "{'username': 'lead', 'role_id': ${role}}")
                .as("lead")
                .post(USERS + "create", "{'username': 'hired', 'password': 'password-of-hired'}")
                .differs(FOR_EARLIER_CLIENTS)
                .get(USERS + "get?username=hired")
                .get(USERS + "list")
                .patch(USERS + "update-password", "{'username': 'hired', 'password': 'another password'}")
                .patch(USERS + "update-admin", "{'username': 'lead', 'is_admin': true}")
                .delete(USERS + "delete", "{'username': 'hired'}")
                .post(ROLES + "create", "{'workspace': 'default', 'name': 'made-by-lead'}")
                .save("own", "role.id")
                .get(ROLES + "list?workspace=default")
                .get(ROLES + "list")
                .get(ROLES + "get?role_id=987654")
                .post(
                        ROLES + "permissions/add",
                        "{'role_id': ${own}, 'resource_type': 'experiment', 'resource_pattern': '*', 'permission': 'EDIT'}")
                .post(ROLES + "assign", "{'username': 'hired', 'role_id': ${own}}")
                .get(ROLES + "users/list?role_id=${own}")
                .get(OF_USERS + "roles/list?username=hired")
                .get(OF_USERS + "permissions/list?username=hired")
                .get(OF_USERS + "permissions/get?username=hired&resource_type=experiment&resource_id=${exp}")
                .post(
                        OF_USERS + "permissions/grant",
                        "{'username': 'hired', 'resource_type': 'experiment', 'resource_id': '${exp}', 'permission': 'MANAGE'}")
                .post(
                        OF_USERS + "permissions/grant",
                        "{'username': 'hired', 'resource_type': 'experiment', 'resource_id': '*', 'permission': 'READ'}")
                .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': 'b'}")
                .post("experiments/delete", "{'experiment_id': '${exp}'}")
                .as("hired")
                .get(OF_USERS + "current/permissions")
                .as("admin")
                .delete(ROLES + "delete", "{'role_id': ${own}}")
                .delete(ROLES + "delete", "{'role_id': ${role}}")
                .delete(USERS + "delete", "{'username': 'hired'}")
                .delete(USERS + "delete", "{'username': 'lead'}");
    }

    private static String grant(String user, String type, String id, String level) {
        return "{'username': '%s', 'resource_type': '%s', 'resource_id': '%s', 'permission': '%s'}"
                .formatted(user, type, id, level);
    }

    private static String resource(String user, String type, String id) {
        return "{'username': '%s', 'resource_type': '%s', 'resource_id': '%s'}".formatted(user, type, id);
    }

    private static ConformanceScenario grants() {
        String grant = OF_USERS + "permissions/grant";
        String revoke = OF_USERS + "permissions/revoke";
        return scenario("access, grants of users")
                .as("admin")
                .post(USERS + "create", "{'username': 'granted', 'password': 'password-of-granted'}")
                .differs(FOR_EARLIER_CLIENTS)
                .experiment("granted-by-admin")
                .post(grant, grant("granted", "experiment", "${exp}", "READ"))
                .post(grant, grant("granted", "experiment", "${exp}", "EDIT"))
                .post(grant, grant("granted", "experiment", "*", "USE"))
                .post(grant, grant("granted", "registered_model", "no-such-model", "MANAGE"))
                .post(grant, grant("granted", "run", "*", "READ"))
                .post(grant, grant("granted", "prompt", "*", "DENY"))
                .post(grant, grant("granted", "scorer", "${exp}/accuracy", "READ"))
                .post(grant, grant("granted", "workspace", "*", "MANAGE"))
                .post(grant, grant("granted", "weather", "*", "READ"))
                .post(grant, grant("granted", "experiment", "${exp}", "ALL"))
                .post(grant, grant("granted", "experiment", "${exp}", "NO_PERMISSIONS"))
                .post(grant, grant("nobody", "experiment", "${exp}", "READ"))
                .post(grant, "{'username': 'granted', 'resource_type': 'experiment', 'permission': 'READ'}")
                .post(grant, "{'username': 'granted', 'resource_id': '1', 'permission': 'READ'}")
                .post(grant, "{'resource_type': 'experiment', 'resource_id': '1', 'permission': 'READ'}")
                .post(grant, "{'username': 'granted', 'resource_type': 'experiment', 'resource_id': '1'}")
                .post(grant, "{}")
                .get(OF_USERS + "permissions/list?username=granted")
                .get(OF_USERS + "permissions/list?username=nobody")
                .get(OF_USERS + "permissions/list")
                .get(OF_USERS + "roles/list?username=granted")
                .as("granted")
                .get(OF_USERS + "current/permissions")
                .get(OF_USERS + "permissions/list?username=granted")
                .get(OF_USERS + "permissions/list?username=reader")
                .as("stranger")
                .get(OF_USERS + "permissions/list?username=granted")
                .get(OF_USERS + "permissions/list?username=nobody")
                .post(revoke, resource("granted", "experiment", "${exp}"))
                .as("admin")
                .post(revoke, resource("granted", "experiment", "${exp}"))
                .post(revoke, resource("granted", "experiment", "${exp}"))
                .post(revoke, resource("granted", "experiment", "987654"))
                .post(revoke, resource("nobody", "experiment", "${exp}"))
                .post(revoke, resource("granted", "workspace", "*"))
                .post(revoke, resource("granted", "weather", "*"))
                .post(revoke, "{'username': 'granted'}")
                .get(OF_USERS + "permissions/list?username=granted")
                .delete(USERS + "delete", "{'username': 'granted'}")
                .post(USERS + "create", "{'username': 'granted', 'password': 'password-of-granted'}")
                .differs(FOR_EARLIER_CLIENTS)
                .get(OF_USERS + "permissions/list?username=granted")
                .delete(USERS + "delete", "{'username': 'granted'}");
    }

    private static ConformanceScenario grantsByOwners() {
        String grant = OF_USERS + "permissions/grant";
        String revoke = OF_USERS + "permissions/revoke";
        return scenario("access, grants by owners")
                .as("owner")
                .experiment("granted-by-owner")
                .post("registered-models/create", "{'name': 'granted-by-owner'}")
                .post(grant, grant("reader", "experiment", "${exp}", "EDIT"))
                .post(grant, grant("reader", "registered_model", "granted-by-owner", "EDIT"))
                .post(grant, grant("reader", "experiment", "*", "READ"))
                .post(grant, grant("reader", "registered_model", "*", "READ"))
                .post(grant, grant("reader", "run", "*", "READ"))
                .post(grant, grant("reader", "experiment", "0", "READ"))
                .post(grant, grant("reader", "registered_model", "no-such-model", "READ"))
                .post(grant, grant("nobody", "experiment", "${exp}", "READ"))
                .post(grant, grant("nobody", "experiment", "0", "READ"))
                .post(grant, grant("reader", "weather", "1", "READ"))
                .post(grant, grant("stranger", "experiment", "${exp}", "ALL"))
                .get(OF_USERS + "permissions/list?username=owner")
                .get(OF_USERS + "permissions/list?username=reader")
                .as("reader")
                .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': 'b'}")
                .post(grant, grant("stranger", "experiment", "${exp}", "READ"))
                .post(revoke, resource("reader", "experiment", "${exp}"))
                .as("owner")
                .post(revoke, resource("reader", "experiment", "${exp}"))
                .post(revoke, resource("reader", "registered_model", "granted-by-owner"))
                .post(revoke, resource("reader", "registered_model", "granted-by-owner"))
                .post(revoke, resource("reader", "experiment", "*"))
                .as("reader")
                .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': 'b'}");
    }

    private static ConformanceScenario effectivePermissions() {
        String get = OF_USERS + "permissions/get?username=reader&resource_type=";
        return scenario("access, permission of a user on a resource")
                .as("owner")
                .experiment("asked-about")
                .as("admin")
                .post(OF_USERS + "permissions/grant", grant("reader", "experiment", "${exp}", "USE"))
                .as("reader")
                .get(get + "experiment&resource_id=${exp}")
                .get(get + "experiment&resource_id=0")
                .get(get + "experiment&resource_id=987654")
                .get(get + "registered_model&resource_id=no-such-model")
                .get(get + "workspace&resource_id=*")
                .get(get + "weather&resource_id=1")
                .get(get + "experiment")
                .get(OF_USERS + "permissions/get?resource_type=experiment&resource_id=0")
                .get(OF_USERS + "permissions/get?username=owner&resource_type=experiment&resource_id=${exp}")
                .as("admin")
                .get(get + "experiment&resource_id=${exp}")
                .get(OF_USERS + "permissions/get?username=owner&resource_type=experiment&resource_id=${exp}")
                .get(OF_USERS + "permissions/get?username=admin&resource_type=experiment&resource_id=${exp}")
                .differs(
                        "Administrators may do everything in both; MLflow states the default permission, Kiroku MANAGE.")
                .get(OF_USERS + "permissions/get?username=nobody&resource_type=experiment&resource_id=${exp}")
                .post(OF_USERS + "permissions/grant", grant("reader", "experiment", "*", "DENY"))
                .get(get + "experiment&resource_id=${exp}")
                .post(OF_USERS + "permissions/revoke", resource("reader", "experiment", "*"))
                .post(OF_USERS + "permissions/revoke", resource("reader", "experiment", "${exp}"));
    }

    private static ConformanceScenario namesThatCarryGrants() {
        String models = "registered-models/";
        String get = OF_USERS + "permissions/get?username=reader&resource_type=registered_model&resource_id=";
        return scenario("access, renamed and deleted models")
                .as("owner")
                .post(models + "create", "{'name': 'carried'}")
                .post(OF_USERS + "permissions/grant", grant("reader", "registered_model", "carried", "EDIT"))
                .as("reader")
                .post(models + "set-tag", "{'name': 'carried', 'key': 'a', 'value': 'b'}")
                .as("owner")
                .post(models + "rename", "{'name': 'carried', 'new_name': 'carried-on'}")
                .as("reader")
                .post(models + "set-tag", "{'name': 'carried-on', 'key': 'a', 'value': 'c'}")
                .get(get + "carried-on")
                .get(get + "carried")
                .as("owner")
                .delete(models + "delete", "{'name': 'carried-on'}")
                .post(models + "create", "{'name': 'carried-on'}")
                .as("reader")
                .get(get + "carried-on")
                .post(models + "set-tag", "{'name': 'carried-on', 'key': 'a', 'value': 'c'}")
                .as("stranger")
                .post(models + "create", "{'name': 'carried-on'}")
                .post(models + "create", "{'name': 'of-stranger'}")
                .post(models + "rename", "{'name': 'of-stranger', 'new_name': 'carried-on'}")
                .as("owner")
                .delete(models + "delete", "{'name': 'carried-on'}");
    }

    private static ConformanceScenario earlierRoutes() {
        String removed = "MLflow has removed the routes of its earlier clients; Kiroku still has them.";
        String experiments = "experiments/permissions/";
        String models = "registered-models/permissions/";
        return scenario("access, routes of MLflow 2.22")
                .as("owner")
                .experiment("granted-by-earlier-client")
                .post("registered-models/create", "{'name': 'granted-by-earlier-client'}")
                .post(experiments + "create", "{'experiment_id': '${exp}', 'username': 'reader', 'permission': 'EDIT'}")
                .differs(removed)
                .get(experiments + "get?experiment_id=${exp}&username=reader")
                .differs(removed)
                .patch(
                        experiments + "update",
                        "{'experiment_id': '${exp}', 'username': 'reader', 'permission': 'READ'}")
                .differs(removed)
                .delete(experiments + "delete", "{'experiment_id': '${exp}', 'username': 'reader'}")
                .differs(removed)
                .post(
                        models + "create",
                        "{'name': 'granted-by-earlier-client', 'username': 'reader', 'permission': 'EDIT'}")
                .differs(removed)
                .get(models + "get?name=granted-by-earlier-client&username=reader")
                .differs(removed)
                .patch(
                        models + "update",
                        "{'name': 'granted-by-earlier-client', 'username': 'reader', 'permission': 'READ'}")
                .differs(removed)
                .delete(models + "delete", "{'name': 'granted-by-earlier-client', 'username': 'reader'}")
                .differs(removed);
    }
}
