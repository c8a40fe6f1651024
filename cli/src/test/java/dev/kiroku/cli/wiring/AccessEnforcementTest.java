package dev.kiroku.cli.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Endpoint;
import dev.kiroku.model.api.Endpoint.HttpMethod;
import dev.kiroku.server.graphql.GraphqlService;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every way into a server, tried by somebody without permissions. */
class AccessEnforcementTest {
    private static final String ANY_VALUE = "x";

    /** Operations that are for every user; their responses must not mention resources that the user may not read. */
    private static final Set<String> OPEN = Set.of(
            // Creation is open, unless a grant denies it.
            "POST /2.0/mlflow/experiments/create",
            "POST /2.0/mlflow/registered-models/create",
            "POST /2.0/kiroku/reports/create",
            // Lists leave out what the user may not read.
            "POST /2.0/mlflow/experiments/search",
            "GET /2.0/mlflow/experiments/search",
            "POST /2.0/mlflow/experiments/search-datasets",
            "POST /2.0/mlflow/runs/search",
            "POST /2.0/mlflow/logged-models/search",
            "GET /2.0/mlflow/registered-models/search",
            "GET /2.0/mlflow/model-versions/search",
            "POST /2.0/kiroku/runs/rows",
            "POST /2.0/kiroku/runs/keys",
            "POST /2.0/kiroku/runs/values",
            "GET /2.0/kiroku/reports/search",
            "GET /2.0/kiroku/gates/list",
            "GET /2.0/kiroku/approvals/search",
            // The same answer as for a name that nothing has.
            "GET /2.0/mlflow/experiments/get-by-name",
            // Users: the operations check who may see and change whom.
            "GET /2.0/mlflow/users/current",
            "GET /2.0/kiroku/users/current",
            "GET /2.0/mlflow/users/list",
            "GET /3.0/mlflow/users/current/permissions",
            "GET /2.0/kiroku/access/explain",
            "GET /2.0/kiroku/access/rights",
            "POST /2.0/kiroku/users/tokens/revoke",
            // For those who have not signed in.
            "POST /2.0/kiroku/login/start",
            "POST /2.0/kiroku/login/poll",
            "POST /2.0/kiroku/login/end");

    @TempDir
    private Path folder;

    private AccessTestServer server;
    /** Values of fields of requests that name resources of ann, by wire name. */
    private final Map<String, String> secrets = new TreeMap<>();

    private String runFolder;
    private String modelFolder;

    @BeforeEach
    void start() throws Exception {
        server = new AccessTestServer(
                folder,
                Map.of("default-permission", "NO_PERMISSIONS", "webhook-allow-private-ips", "true"),
                Map.of("root", List.of(Caller.ADMINS), "ann", List.of(), "eve", List.of()));
        createSecrets();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void createSecrets() throws Exception {
        String experiment = server.ok("ann", "experiments/create", "{'name': 'secret-experiment'}")
                .path("experiment_id")
                .asString();
        secrets.put("experiment_id", experiment);
        secrets.put("experiment_ids", experiment);
        secrets.put("experiment_name", "secret-experiment");
        JsonNode run = server.ok(
                        "ann", "runs/create", "{'experiment_id': '" + experiment + "', 'run_name': 'secret-run'}")
                .path("run")
                .path("info");
        String runId = run.path("run_id").asString();
        for (String field : List.of("run_id", "run_ids", "run_uuid", "source_run_id")) {
            secrets.put(field, runId);
        }
        server.ok(
                "ann",
                "runs/log-metric",
                "{'run_id': '" + runId + "', 'key': 'secret-metric', 'value': 1, 'timestamp': 1}");
        runFolder = run.path("artifact_uri").asString().replaceFirst("mlflow-artifacts:/+", "");
        assertEquals(
                200,
                server.put("ann", runFolder + "/model/secret.txt", "secret-content")
                        .status());
        JsonNode model = server.ok(
                        "ann", "logged-models", "{'experiment_id': '" + experiment + "', 'name': 'secret-logged'}")
                .path("model")
                .path("info");
        secrets.put("model_id", model.path("model_id").asString());
        modelFolder = model.path("artifact_uri").asString().replaceFirst("mlflow-artifacts:/+", "");
        assertEquals(
                200,
                server.put("ann", modelFolder + "/secret.txt", "secret-content").status());
        server.ok("ann", "registered-models/create", "{'name': 'secret-model'}");
        server.ok(
                "ann",
                "model-versions/create",
                "{'name': 'secret-model', 'run_id': '" + runId + "', 'source': 'mlflow-artifacts:/" + runFolder
                        + "/model'}");
        server.ok("ann", "registered-models/alias", "{'name': 'secret-model', 'alias': 'champion', 'version': '1'}");
        secrets.put("name", "secret-model");
        secrets.put("version", "1");
        secrets.put("alias", "champion");
        secrets.put("source", "mlflow-artifacts:/" + runFolder + "/model");
        secrets.put("path", runFolder);
        secrets.put("artifact_path", runFolder);
        secrets.put(
                "report_id",
                server.ok("ann", "/api/2.0/kiroku/reports/create", "{'title': 'secret-report'}")
                        .path("report")
                        .path("report_id")
                        .asString());
        secrets.put(
                "webhook_id",
                server.ok(
                                "root",
                                "webhooks",
                                "{'name': 'secret-webhook', 'url': 'https://127.0.0.1/', 'events': [{'entity': 'REGISTERED_MODEL', 'action': 'CREATED'}]}")
                        .path("webhook")
                        .path("webhook_id")
                        .asString());
        secrets.put("username", "ann");
        secrets.put("user", "ann");
        secrets.put("to", "user:eve");
        secrets.put("resource", "experiment/" + experiment);
        secrets.put("resources", "experiment/" + experiment);
        secrets.put("resource_type", "experiment");
        secrets.put("resource_id", experiment);
        secrets.put("resource_pattern", experiment);
        secrets.put("permission", "MANAGE");
        secrets.put("level", "MANAGE");
        secrets.put("action", "read");
        secrets.put("stage", "Production");
        secrets.put("id", "1");
    }

    @Test
    void everyEndpointRefusesWhoHasNoPermissions() throws Exception {
        List<String> wrong = new ArrayList<>();
        Set<String> walked = new TreeSet<>();
        for (Endpoint<?, ?> endpoint : endpoints()) {
            String name = endpoint.method() + " " + endpoint.path();
            walked.add(name);
            if (creates(name)) {
                continue; // anybody may, and sees the result
            }
            AccessTestServer.Answer answer = server.send(
                    "eve", endpoint.method().name(), "/api" + path(endpoint), query(endpoint), body(endpoint));
            boolean refused = answer.status() == 403
                    && answer.json().path("error_code").asString().equals("PERMISSION_DENIED");
            boolean leaks = withoutRequest(answer.body()).contains("secret-");
            if (!refused && !OPEN.contains(name)
                    || refused && OPEN.contains(name) && !name.contains("explain")
                    || leaks) {
                wrong.add(name + ": " + answer.status() + " " + answer.body());
            }
        }
        assertEquals(List.of(), wrong);
        TreeSet<String> unknown = new TreeSet<>(OPEN);
        unknown.removeAll(walked);
        assertEquals(Set.of(), unknown);
    }

    @Test
    void refusalsAreTheSameForWhatDoesNotExist() throws Exception {
        Map<String, String> absent = new TreeMap<>(secrets);
        absent.put("run_id", "0".repeat(32));
        absent.put("run_ids", "0".repeat(32));
        absent.put("run_uuid", "0".repeat(32));
        absent.put("model_id", "m-" + "0".repeat(32));
        absent.put("experiment_id", "987654");
        absent.put("experiment_name", "absent-experiment");
        absent.put("name", "absent-model");
        absent.put("report_id", "0".repeat(32));
        absent.put("path", "987654/" + "0".repeat(32) + "/artifacts");
        absent.put("artifact_path", "987654/" + "0".repeat(32) + "/artifacts");
        Map<String, String> present = new TreeMap<>(secrets);
        for (Endpoint<?, ?> endpoint : endpoints()) {
            String name = endpoint.method() + " " + endpoint.path();
            if (creates(name) || name.contains("/kiroku/login/") || name.contains("explain")) {
                continue;
            }
            secrets.putAll(present);
            String hidden = masked(endpoint);
            secrets.putAll(absent);
            String missing = masked(endpoint);
            assertEquals(missing, hidden, name);
        }
    }

    private static boolean creates(String name) {
        return name.endsWith("/create") && OPEN.contains(name);
    }

    /** Returns an answer without what the request itself said. */
    private String withoutRequest(String text) {
        String rest = text;
        for (String field :
                List.of("source", "artifact_path", "model_id", "run_id", "report_id", "experiment_name", "name")) {
            rest = rest.replace(secrets.get(field), "?");
        }
        return rest;
    }

    /** Returns the answer to the stranger without what the request itself said. */
    private String masked(Endpoint<?, ?> endpoint) throws Exception {
        AccessTestServer.Answer answer =
                server.send("eve", endpoint.method().name(), "/api" + path(endpoint), query(endpoint), body(endpoint));
        String text = withoutRequest(answer.status() + " " + answer.body());
        return text.replaceAll("experiment '\\d+'", "experiment '?'");
    }

    /** The guard reads tags to tell prompts from models, before they are validated. */
    @Test
    void modelsWithoutKeysOfTagsAreBadRequests() throws Exception {
        for (String tags : List.of("[{}]", "[null]", "[{'value': 'true'}]")) {
            AccessTestServer.Answer answer =
                    server.post("ann", "registered-models/create", "{'name': 'tagged', 'tags': " + tags + "}");
            assertEquals(400, answer.status(), answer.body());
        }
    }

    @Test
    void otherRoutesRefuseToo() throws Exception {
        String run = secrets.get("run_id");
        String model = secrets.get("model_id");
        String proxied = "/api/2.0/mlflow-artifacts/artifacts";
        List<String> calls = List.of(
                "GET /get-artifact?run_id=" + run + "&path=model/secret.txt",
                "GET /get-artifact?run_uuid=" + run + "&path=model/secret.txt",
                "HEAD /get-artifact?run_id=" + run + "&path=model/secret.txt",
                "GET /model-versions/get-artifact?name=secret-model&version=1&path=secret.txt",
                "POST /ajax-api/2.0/mlflow/upload-artifact?run_uuid=" + run + "&path=x.txt",
                "GET /ajax-api/2.0/mlflow/logged-models/" + model + "/artifacts/files?artifact_file_path=secret.txt",
                "GET " + proxied + "/" + runFolder + "/model/secret.txt",
                "GET /ajax-api/2.0/mlflow-artifacts/artifacts/" + runFolder + "/model/secret.txt",
                "GET " + proxied + "/" + modelFolder + "/secret.txt",
                "PUT " + proxied + "/" + runFolder + "/model/other.txt",
                "DELETE " + proxied + "/" + runFolder + "/model/secret.txt",
                "DELETE " + proxied + "/" + secrets.get("experiment_id"),
                "GET " + proxied + "?path=" + runFolder,
                "GET " + proxied,
                "PUT " + proxied + "/elsewhere/x.txt",
                "GET " + proxied + "/elsewhere/x.txt",
                "DELETE " + proxied + "/elsewhere");
        for (String call : calls) {
            String[] words = call.split(" ");
            AccessTestServer.Answer answer =
                    server.send("eve", words[0], words[1], "", words[0].equals("GET") ? null : "{}");
            assertEquals(403, answer.status(), call + ": " + answer.body());
        }
        AccessTestServer.Answer ann =
                server.send("ann", "GET", proxied + "/" + runFolder + "/model/secret.txt", "", null);
        assertEquals("secret-content", ann.body());
    }

    @Test
    void everyGraphqlFieldRefusesToo() throws Exception {
        Map<String, String> queries = new LinkedHashMap<>();
        queries.put("mlflowGetExperiment", "{experimentId: \"%s\"}".formatted(secrets.get("experiment_id")));
        queries.put("mlflowGetRun", "{runId: \"%s\"}".formatted(secrets.get("run_id")));
        queries.put(
                "mlflowGetMetricHistoryBulkInterval",
                "{runIds: [\"%s\"], metricKey: \"secret-metric\"}".formatted(secrets.get("run_id")));
        queries.put("mlflowListArtifacts", "{runId: \"%s\"}".formatted(secrets.get("run_id")));
        Set<String> searches = Set.of("mlflowSearchRuns", "mlflowSearchModelVersions", "mlflowSearchDatasets");
        Set<String> harmless = Set.of("test", "testMutation");
        for (String field : graphqlFields()) {
            if (!searches.contains(field) && !harmless.contains(field)) {
                assertTrue(queries.containsKey(field), "the field " + field + " is not tested");
            }
        }
        for (Map.Entry<String, String> query : queries.entrySet()) {
            String text = "{ " + query.getKey() + "(input: " + query.getValue() + ") { __typename } }";
            AccessTestServer.Answer answer = server.send(
                    "eve", "POST", "/graphql", "", new JsonMapper().writeValueAsString(Map.of("query", text)));
            assertTrue(answer.json().path("data").path(query.getKey()).isNull(), answer.body());
            assertTrue(answer.body().contains("lacks READ"), answer.body());
        }
    }

    private static Set<String> graphqlFields() throws Exception {
        try (InputStream in = GraphqlService.class.getResourceAsStream("schema.graphqls")) {
            String schema = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            Set<String> fields = new TreeSet<>();
            Matcher types =
                    Pattern.compile("(?s)type (?:Query|Mutation) \\{(.*?)\n}").matcher(schema);
            while (types.find()) {
                Matcher names = Pattern.compile("(?m)^ +(\\w+)\\(").matcher(types.group(1));
                while (names.find()) {
                    fields.add(names.group(1));
                }
            }
            assertTrue(fields.size() > 5, fields.toString());
            return fields;
        }
    }

    private static List<Endpoint<?, ?>> endpoints() throws Exception {
        List<Endpoint<?, ?>> endpoints = new ArrayList<>();
        for (JavaClass api : new ClassFileImporter().importPackages("dev.kiroku.model")) {
            if (api.getSimpleName().endsWith("Api")) {
                for (Field constant : Class.forName(api.getName()).getFields()) {
                    if (constant.get(null) instanceof Endpoint<?, ?> endpoint) {
                        endpoints.add(endpoint);
                    }
                }
            }
        }
        assertTrue(endpoints.size() > 90, endpoints.size() + " endpoints");
        return endpoints;
    }

    private String path(Endpoint<?, ?> endpoint) {
        return Pattern.compile("\\{(\\w+?)(\\.\\.\\.)?}")
                .matcher(endpoint.path())
                .replaceAll(variable -> Matcher.quoteReplacement(secrets.getOrDefault(variable.group(1), ANY_VALUE)));
    }

    private String query(Endpoint<?, ?> endpoint) {
        if (endpoint.method() != HttpMethod.GET) {
            return "";
        }
        List<String> parameters = new ArrayList<>();
        for (RecordComponent component : endpoint.request().getRecordComponents()) {
            Object value = value(component.getGenericType(), wireName(component));
            for (Object item : value instanceof List<?> list ? list : List.of(value)) {
                parameters.add(wireName(component) + "=" + URLEncoder.encode(item.toString(), StandardCharsets.UTF_8));
            }
        }
        return String.join("&", parameters);
    }

    private String body(Endpoint<?, ?> endpoint) {
        return endpoint.method() == HttpMethod.GET
                ? null
                : new JsonMapper().writeValueAsString(value(endpoint.request(), ""));
    }

    /** Returns a valid value of a field; what names a resource names one of ann's. */
    private Object value(Type type, String name) {
        if (type instanceof ParameterizedType generic) {
            boolean list = generic.getRawType() == List.class;
            return list ? List.of(value(generic.getActualTypeArguments()[0], name)) : Map.of();
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isRecord()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            for (RecordComponent component : raw.getRecordComponents()) {
                if (!optional(wireName(component))) {
                    fields.put(wireName(component), value(component.getGenericType(), wireName(component)));
                }
            }
            return fields;
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[0].toString();
        }
        if (raw == Boolean.class) {
            return false;
        }
        return raw.isPrimitive() || Number.class.isAssignableFrom(raw)
                ? (Object) 1
                : secrets.getOrDefault(name, ANY_VALUE);
    }

    /** Fields that would make searches invalid, or the operation one on something else. */
    private static boolean optional(String name) {
        return Set.of("filter", "order_by", "page_token", "artifact_location").contains(name);
    }

    private static String wireName(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
