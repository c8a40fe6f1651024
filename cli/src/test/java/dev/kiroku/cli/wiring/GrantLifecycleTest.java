package dev.kiroku.cli.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.api.Caller;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What happens to grants over the life of what they name, and to files in the artifact locations of several experiments, over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrantLifecycleTest {
    private static final String ACCESS = "/api/2.0/kiroku/access/";
    private static final String REPORTS = "/api/2.0/kiroku/reports/";
    private static final String PROXY = "/api/2.0/mlflow-artifacts/artifacts";
    private static final Map<String, List<String>> USERS = Map.of(
            "root", List.of(Caller.ADMINS), "ann", List.of(), "bob", List.of(), "mia", List.of("ml"), "eve", List.of());

    private AccessTestServer server;
    private Path folder;

    @BeforeAll
    void start(@TempDir Path home) {
        folder = home;
        server = new AccessTestServer(home, Map.of("default-permission", "NO_PERMISSIONS"), USERS);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void grant(String to, String level, String resources) throws Exception {
        server.ok(
                "root",
                ACCESS + "grant",
                "{'to': '%s', 'level': '%s', 'resources': '%s'}".formatted(to, level, resources));
    }

    private int status(String user, String operation, String json) throws Exception {
        return server.post(user, operation, json).status();
    }

    private int get(String user, String path, String query) throws Exception {
        return server.send(user, "GET", path.startsWith("/") ? path : "/api/2.0/mlflow/" + path, query, null)
                .status();
    }

    /** Returns everything that is granted, as one text. */
    private String grants() throws Exception {
        return server.send("root", "GET", ACCESS + "list", "", null)
                .json()
                .path("policy")
                .toString();
    }

    private String experiment(String user, String name, String location) throws Exception {
        String more = location == null ? "" : ", 'artifact_location': '" + location + "'";
        return server.ok(user, "experiments/create", "{'name': '" + name + "'" + more + "}")
                .path("experiment_id")
                .asString();
    }

    private int renameExperiment(String user, String id, String name) throws Exception {
        return status(user, "experiments/update", "{'experiment_id': '" + id + "', 'new_name': '" + name + "'}");
    }

    private int renameModel(String user, String name, String newName) throws Exception {
        return status(user, "registered-models/rename", "{'name': '" + name + "', 'new_name': '" + newName + "'}");
    }

    /** The token of a job can be restricted to its run. */
    @Test
    void tokensOfOneRunChangeNothingElse() throws Exception {
        String create = "{'experiment_id': '%s'}".formatted(experiment("ann", "of-jobs", null));
        String run =
                server.ok("ann", "runs/create", create).at("/run/info/run_id").asString();
        String other =
                server.ok("ann", "runs/create", create).at("/run/info/run_id").asString();
        server.addRestrictedToken("ann", "run/" + run, "job");
        String metric = "{'run_id': '%s', 'key': 'loss', 'value': 1, 'timestamp': 1}";
        String end = "{'run_id': '%s', 'status': 'FINISHED'}";
        assertEquals(200, status("job", "runs/log-metric", metric.formatted(run)));
        assertEquals(200, get("job", "runs/get", "run_id=" + run));
        assertEquals(200, status("job", "runs/update", end.formatted(run)));
        assertEquals(403, status("job", "runs/log-metric", metric.formatted(other)));
        assertEquals(403, get("job", "runs/get", "run_id=" + other));
        assertEquals(403, status("job", "runs/update", end.formatted(other)));
        assertEquals(403, status("job", "runs/create", create));
        assertEquals(403, status("job", "/api/2.0/kiroku/users/tokens/create", "{}"));
    }

    @Test
    void creatorsManageTheirReportsUntilTheyDeleteThem() throws Exception {
        String id = server.ok("ann", REPORTS + "create", "{'title': 'weekly'}")
                .path("report")
                .path("report_id")
                .asString();
        assertTrue(grants().contains("MANAGE report/" + id), grants());
        String update = "{'report_id': '" + id + "', 'title': 'monthly', 'expected_version': 1}";
        assertEquals(403, get("eve", REPORTS + "get", "report_id=" + id));
        assertEquals(403, status("eve", REPORTS + "update", update));
        assertEquals(403, status("eve", REPORTS + "delete", "{'report_id': '" + id + "', 'expected_version': 1}"));
        assertEquals(
                200,
                status(
                        "ann",
                        ACCESS + "grant",
                        "{'to': 'user:eve', 'level': 'READ', 'resources': 'report/" + id + "'}"));
        assertEquals(200, get("eve", REPORTS + "get", "report_id=" + id));
        assertEquals(403, status("eve", REPORTS + "update", update));
        assertEquals(200, status("ann", REPORTS + "delete", "{'report_id': '" + id + "', 'expected_version': 1}"));
        assertFalse(grants().contains("report/" + id), grants());
    }

    @Test
    void creatorsManageTheirPromptsUntilTheyDeleteThem() throws Exception {
        String prompt = "{'name': 'greeting', 'tags': [{'key': 'mlflow.prompt.is_prompt', 'value': 'true'}]}";
        server.ok("ann", "registered-models/create", prompt);
        assertTrue(grants().contains("MANAGE prompt/greeting"), grants());
        server.ok("ann", "model-versions/create", "{'name': 'greeting', 'source': 's3://b/1'}");
        assertEquals(403, get("eve", "registered-models/get", "name=greeting"));
        assertEquals(403, get("eve", "model-versions/get", "name=greeting&version=1"));
        assertEquals(403, status("eve", "model-versions/create", "{'name': 'greeting', 'source': 's3://b/1'}"));
        grant("group:ml", "READ", "prompt_version/greeting");
        grant("group:ml", "READ", "prompt/greeting");
        assertEquals(200, get("mia", "model-versions/get", "name=greeting&version=1"));
        assertEquals(200, renameModel("ann", "greeting", "welcome"));
        assertTrue(grants().contains("READ prompt_version/welcome"), grants());
        assertEquals(200, get("mia", "model-versions/get", "name=welcome&version=1"));
        assertEquals(
                200,
                server.send("ann", "DELETE", "/api/2.0/mlflow/registered-models/delete", "", "{\"name\": \"welcome\"}")
                        .status());
        assertFalse(grants().contains("welcome") || grants().contains("greeting"), grants());
    }

    /** The tag decides whether grants on models or those on prompts count, so it is for those who give grants. */
    @Test
    void whoMayOnlyEditAModelDoesNotMakeItAPrompt() throws Exception {
        server.ok("ann", "registered-models/create", "{'name': 'becomes-prompt'}");
        grant("user:bob", "EDIT", "registered_model/becomes-prompt");
        String tag = "{'name': 'becomes-prompt', 'key': '%s', 'value': 'true'}";
        String set = "registered-models/set-tag";
        String path = "/api/2.0/mlflow/registered-models/delete-tag";
        String key = "{\"name\": \"becomes-prompt\", \"key\": \"mlflow.prompt.is_prompt\"}";
        assertEquals(200, status("bob", set, tag.formatted("team")));
        assertEquals(403, status("bob", set, tag.formatted("mlflow.prompt.is_prompt")));
        assertEquals(403, server.send("bob", "DELETE", path, "", key).status());
        assertEquals(200, status("ann", set, tag.formatted("mlflow.prompt.is_prompt")));
    }

    @Test
    void grantsOnAnExperimentFollowItsName() throws Exception {
        String id = experiment("ann", "vision/ocr", null);
        grant("user:bob", "READ", "experiment/vision/ocr");
        grant("user:bob", "DENY", "run/vision/ocr");
        grant("group:ml", "EDIT", "experiment/vision/*");
        String read = "experiment_id=" + id;
        assertEquals(200, get("bob", "experiments/get", read));
        assertEquals(200, get("mia", "experiments/get", read));
        assertEquals(200, renameExperiment("mia", id, "vision/ocr-2"), "the prefix matches both names");
        assertEquals(403, renameExperiment("mia", id, "text/ocr"), "who has access would change");
        assertEquals(200, get("bob", "experiments/get", read));
        assertEquals(200, renameExperiment("ann", id, "text/ocr"));
        assertEquals(200, get("bob", "experiments/get", read), "the grant has followed");
        assertEquals(403, get("mia", "experiments/get", read), "the prefix does not match any more");
        assertTrue(grants().contains("READ experiment/text/ocr") && grants().contains("DENY run/text/ocr"), grants());

        String next = experiment("eve", "vision/ocr", null);
        assertEquals(403, get("bob", "experiments/get", "experiment_id=" + next), "the name alone gives no access");
        assertEquals(200, get("mia", "experiments/get", "experiment_id=" + next));
    }

    @Test
    void grantsOnADeletedExperimentAreThereAgainWhenItIsRestored() throws Exception {
        String id = experiment("ann", "restored", null);
        grant("user:bob", "READ", "experiment/restored");
        assertEquals(200, status("ann", "experiments/delete", "{'experiment_id': '" + id + "'}"));
        assertEquals(400, status("eve", "experiments/create", "{'name': 'restored'}"), "the name is still taken");
        assertEquals(200, status("ann", "experiments/restore", "{'experiment_id': '" + id + "'}"));
        assertEquals(200, get("bob", "experiments/get", "experiment_id=" + id));
        assertEquals(403, get("eve", "experiments/get", "experiment_id=" + id));
    }

    @Test
    void grantsOnAModelFollowItsNameAndEndWithIt() throws Exception {
        server.ok("ann", "registered-models/create", "{'name': 'iris-a'}");
        server.ok("ann", "model-versions/create", "{'name': 'iris-a', 'source': 's3://b/1'}");
        JsonNode role =
                server.ok("root", "/api/3.0/mlflow/roles/create", "{'name': 'botanists', 'workspace': 'default'}");
        String roleId = role.path("role").path("id").asString();
        server.ok("root", "/api/3.0/mlflow/roles/assign", "{'username': 'eve', 'role_id': " + roleId + "}");
        grant("role:botanists", "READ", "registered_model/iris-a");
        grant("user:bob", "READ", "registered_model/iris-a");
        grant("user:bob", "DENY", "registered_model_version/iris-a");
        grant("group:ml", "EDIT", "registered_model/iris-*");
        assertEquals(200, renameModel("mia", "iris-a", "iris-b"), "the prefix matches both names");
        assertEquals(403, renameModel("mia", "iris-b", "rose"), "who has access would change");
        assertEquals(200, renameModel("ann", "iris-b", "rose"));
        for (String reader : List.of("bob", "eve")) {
            assertEquals(200, get(reader, "registered-models/get", "name=rose"));
        }
        assertEquals(403, get("bob", "model-versions/get", "name=rose&version=1"));
        assertEquals(403, get("mia", "registered-models/get", "name=rose"));

        assertEquals(
                200,
                server.send("ann", "DELETE", "/api/2.0/mlflow/registered-models/delete", "", "{\"name\": \"rose\"}")
                        .status());
        assertFalse(
                grants().contains("rose") || grants().contains("iris-a\"") || grants().contains("iris-b"), grants());
        assertTrue(grants().contains("EDIT registered_model/iris-*"), "grants on prefixes stay");
        server.ok("root", "registered-models/create", "{'name': 'rose'}");
        for (String former : List.of("ann", "bob", "eve", "mia")) {
            assertEquals(403, get(former, "registered-models/get", "name=rose"), former);
        }
    }

    /** The location of one experiment lies within that of another: both decide about the files there. */
    @Test
    void overlappingArtifactLocationsAreAsStrictAsBoth() throws Exception {
        String outer = experiment("root", "outer", "mlflow-artifacts:/shared");
        String inner = experiment("root", "inner", "mlflow-artifacts:/shared/inner");
        String run = server.ok("root", "runs/create", "{'experiment_id': '" + inner + "'}")
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
        String file = "shared/inner/" + run + "/artifacts/secret.txt";
        assertEquals(200, server.put("root", file, "secret").status());
        grant("user:ann", "MANAGE", "experiment/" + outer);
        grant("user:bob", "MANAGE", "experiment/" + inner);
        grant("user:mia", "MANAGE", "experiment/" + outer);
        grant("user:mia", "MANAGE", "experiment/" + inner);
        server.ok("ann", "registered-models/create", "{'name': 'of-overlapping'}");
        String source = "{'name': 'of-overlapping', 'source': 'mlflow-artifacts:/" + file + "'}";
        for (String user : List.of("ann", "bob")) {
            assertEquals(403, get(user, PROXY + "/" + file, ""));
            assertEquals(403, get(user, PROXY, "path=shared/inner"));
            assertEquals(403, server.put(user, "shared/inner/new.txt", "x").status());
            assertEquals(403, delete(user, file));
            assertEquals(403, delete(user, "shared/inner"));
            assertEquals(403, delete(user, "shared"), "it has files of the other experiment");
            assertEquals(403, status(user, "model-versions/create", source));
            assertEquals(
                    403,
                    status(
                            user,
                            "experiments/create",
                            "{'name': 'within', 'artifact_location': 'mlflow-artifacts:/shared/inner/more'}"));
        }
        String ofOuter = server.ok("ann", "runs/create", "{'experiment_id': '" + outer + "'}")
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
        for (String within : List.of(ofOuter + "/artifacts/x", "models/m-1/x")) {
            assertEquals(
                    403,
                    status(
                            "ann",
                            "experiments/create",
                            "{'name': 'within', 'artifact_location': 'mlflow-artifacts:/shared/" + within + "'}"),
                    "who reads the run would read the experiment's files");
        }
        assertEquals(
                200,
                status(
                        "ann",
                        "experiments/create",
                        "{'name': 'beside', 'artifact_location': 'mlflow-artifacts:/shared/beside'}"));
        assertEquals(403, get("ann", "artifacts/list", "run_id=" + run));
        assertEquals(403, get("ann", "/get-artifact", "run_id=" + run + "&path=secret.txt"));
        assertEquals(403, delete("mia", "shared"), "only administrators delete what lies above experiments");
        assertEquals(200, get("mia", PROXY + "/" + file, ""));
        assertEquals(200, server.put("mia", "shared/inner/new.txt", "x").status());
        assertEquals(200, get("bob", "/get-artifact", "run_id=" + run + "&path=secret.txt"), "the run's own file");
    }

    private int delete(String user, String path) throws Exception {
        return server.send(user, "DELETE", PROXY + "/" + path, "", null).status();
    }

    /** Older pages of MLflow name the run of an upload so. */
    @Test
    void uploadsNamedByRunUuidAreGuarded() throws Exception {
        String id = experiment("ann", "uploads", null);
        String run = server.ok("ann", "runs/create", "{'experiment_id': '" + id + "'}")
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
        String other = server.ok("eve", "runs/create", "{'experiment_id': '" + experiment("eve", "of-eve", null) + "'}")
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
        String upload = "/ajax-api/2.0/mlflow/upload-artifact";
        assertEquals(403, upload("eve", upload, "run_uuid=" + run + "&path=x.txt"));
        assertEquals(403, upload("eve", upload, "run_uuid=" + run + "&run_id=" + other + "&path=x.txt"));
        assertEquals(403, upload("eve", upload, "run_uuid=" + other + "&run_uuid=" + run + "&path=x.txt"));
        assertEquals(200, upload("ann", upload, "run_uuid=" + run + "&path=x.txt"));
        grant("user:bob", "READ", "experiment/" + id);
        assertEquals(403, upload("bob", upload, "run_uuid=" + run + "&path=x.txt"));
        assertEquals(200, get("bob", "/get-artifact", "run_uuid=" + run + "&path=x.txt"));
        assertEquals(403, get("eve", "/get-artifact", "run_uuid=" + run + "&path=x.txt"));
    }

    private int upload(String user, String path, String query) throws Exception {
        return server.send(user, "POST", path, query, "{}").status();
    }

    /** A server of artifacts only decides by the grants in the database of the tracking server. */
    @Test
    void serversOfArtifactsOnlyAreGuarded() throws Exception {
        String id = experiment("ann", "files", null);
        String file = id + "/" + "0".repeat(32) + "/artifacts/x.txt";
        grant("user:bob", "READ", "experiment/" + id);
        try (AccessTestServer artifacts =
                server.besides(folder, Map.of("default-permission", "NO_PERMISSIONS", "artifacts-only", "true"))) {
            assertEquals(200, artifacts.put("ann", file, "x").status());
            assertEquals(403, artifacts.put("bob", file, "y").status());
            assertEquals(403, artifacts.put("eve", file, "y").status());
            assertEquals(
                    200,
                    artifacts.send("bob", "GET", PROXY + "/" + file, "", null).status());
            assertEquals(
                    403,
                    artifacts.send("eve", "GET", PROXY + "/" + file, "", null).status());
            assertEquals(
                    401,
                    artifacts
                            .send("nobody", "GET", PROXY + "/" + file, "", null)
                            .status());
            server.ok(
                    "ann",
                    ACCESS + "grant",
                    "{'to': 'user:eve', 'level': 'READ', 'resources': 'experiment/" + id + "'}");
            assertEquals(
                    200,
                    artifacts.send("eve", "GET", PROXY + "/" + file, "", null).status());
        }
    }

    @Test
    void frozenRunsRefuseChangesOverHttp() throws Exception {
        String id = experiment("ann", "frozen", null);
        String run = server.ok("ann", "runs/create", "{'experiment_id': '" + id + "'}")
                .path("run")
                .path("info")
                .path("run_id")
                .asString();
        String metric = "{'run_id': '" + run + "', 'key': 'accuracy', 'value': %s, 'timestamp': 1}";
        server.ok("ann", "runs/log-metric", metric.formatted("0.95"));
        server.ok("ann", "registered-models/create", "{'name': 'frozen'}");
        String source = "mlflow-artifacts:/" + id + "/" + run + "/artifacts/model";
        server.ok(
                "ann",
                "model-versions/create",
                "{'name': 'frozen', 'source': '" + source + "', 'run_id': '" + run + "'}");
        String tag = "{'name': 'frozen', 'version': '1', 'key': 'status', 'value': '%s'}";
        server.ok("ann", "model-versions/set-tag", tag.formatted("approved"));
        server.ok(
                "root",
                "/api/2.0/kiroku/gates/apply",
                "{'gates': [{'name': 'g', 'models': 'frozen', 'alias': 'champion', 'freeze': true, 'require':"
                        + " 'metrics.accuracy >= 0.9 AND version.tags.status LIKE \\u0022app%\\u0022'}]}"
                                .replace("\\u0022", "\\u0027"));
        server.ok("ann", "registered-models/alias", "{'name': 'frozen', 'alias': 'champion', 'version': '1'}");
        for (String[] call : new String[][] {
            {"runs/log-metric", metric.formatted("0.1")},
            {"runs/log-batch", "{'run_id': '" + run + "', 'metrics': [" + metric.formatted("0.1") + "]}"},
            {"model-versions/set-tag", tag.formatted("no")},
            {"runs/delete", "{'run_id': '" + run + "'}"},
            {"experiments/delete", "{'experiment_id': '" + id + "'}"}
        }) {
            AccessTestServer.Answer refused = server.post("ann", call[0], call[1]);
            assertEquals(403, refused.status(), call[0] + refused.body());
            assertEquals("PERMISSION_DENIED", refused.json().path("error_code").asString());
            assertTrue(refused.body().contains("gate 'g' freezes it"), refused.body());
        }
        assertEquals(200, status("ann", "runs/log-metric", metric.formatted("1").replace("accuracy", "loss")));
    }
}
