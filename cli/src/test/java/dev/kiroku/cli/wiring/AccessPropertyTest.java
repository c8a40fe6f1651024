package dev.kiroku.cli.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kiroku.model.api.Caller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Random grants and requests on a server, compared with a simple model of the rules. */
class AccessPropertyTest {
    private static final int ROUNDS = 12;
    private static final int GRANTS = 5;
    private static final int REQUESTS = 30;
    /** In ascending order. */
    private static final List<String> LEVELS = List.of("NO_PERMISSIONS", "READ", "USE", "EDIT", "MANAGE");

    private static final Map<String, Set<String>> HOLDERS = Map.of(
            "ann", Set.of("user:ann", "group:ml"),
            "ben", Set.of("user:ben", "role:editors"),
            "eve", Set.of("user:eve"));

    /** An experiment with a run and a logged model, or a registered model with a version. */
    private record Thing(String type, String id, String name, String run, String loggedModel) {
        boolean matches(String pattern) {
            return pattern.equals("*")
                    || pattern.equals(id)
                    || pattern.equals(name)
                    || pattern.endsWith("*") && name.startsWith(pattern.substring(0, pattern.length() - 1));
        }
    }

    /** A grant's holder, type and pattern. */
    private record Key(String to, String type, String pattern) {
        /** Returns whether a policy that lacks the grant leaves it. */
        boolean isKept() {
            return to.startsWith("user:") && !pattern.endsWith("*");
        }
    }

    private final Random random = new Random();
    private final List<Thing> things = new ArrayList<>();
    private final Map<Key, String> grants = new LinkedHashMap<>();
    private AccessTestServer server;
    private String defaultLevel;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"NO_PERMISSIONS", "READ"})
    void requestsAreDecidedAsTheRulesSay(String level) throws Exception {
        long seed = new Random().nextLong();
        random.setSeed(seed);
        defaultLevel = level;
        Map<String, List<String>> users =
                Map.of("root", List.of(Caller.ADMINS), "ann", List.of("ml"), "ben", List.of(), "eve", List.of());
        try (AccessTestServer started = new AccessTestServer(folder, Map.of("default-permission", level), users)) {
            server = started;
            for (String name : List.of("team-a/x", "team-a/y", "team-b/z")) {
                createExperiment(name);
            }
            for (String name : List.of("team-a-m", "other")) {
                server.ok("root", "registered-models/create", "{'name': '" + name + "'}");
                server.ok("root", "model-versions/create", "{'name': '" + name + "', 'source': 's3://b/x'}");
                things.add(new Thing("registered_model", name, name, "", ""));
            }
            for (int round = 0; round < ROUNDS; round++) {
                changeGrants();
                for (int request = 0; request < REQUESTS; request++) {
                    String said = "seed " + seed + ", grants " + grants;
                    request(said);
                }
            }
        }
    }

    private void createExperiment(String name) throws Exception {
        String id = server.ok("root", "experiments/create", "{'name': '" + name + "'}")
                .path("experiment_id")
                .asString();
        JsonNode run = server.ok("root", "runs/create", "{'experiment_id': '" + id + "'}");
        JsonNode model = server.ok("root", "logged-models", "{'experiment_id': '" + id + "', 'name': 'm'}");
        things.add(new Thing(
                "experiment",
                id,
                name,
                run.path("run").path("info").path("run_id").asString(),
                model.path("model").path("info").path("model_id").asString()));
    }

    private void changeGrants() throws Exception {
        grants.keySet().removeIf(key -> !key.isKept());
        for (int i = 0; i < GRANTS; i++) {
            Thing thing = pick(things);
            boolean experiment = thing.type().equals("experiment");
            String type = pick(
                    experiment
                            ? List.of("experiment", "experiment", "run", "logged_model")
                            : List.of("registered_model", "registered_model", "registered_model_version"));
            String pattern = pick(List.of("*", thing.id(), thing.name(), "team-a*"));
            String level = pick(List.of("DENY", "READ", "USE", "EDIT", "EDIT", "MANAGE"));
            grants.put(
                    new Key(pick(List.of("user:ann", "user:ben", "group:ml", "role:editors")), type, pattern), level);
        }
        server.ok(
                "root",
                "/api/2.0/kiroku/access/apply",
                new JsonMapper().writeValueAsString(Map.of("policy", policy())));
    }

    private Map<String, Object> policy() {
        Map<String, List<String>> byHolder = new LinkedHashMap<>();
        grants.forEach((key, level) -> byHolder.computeIfAbsent(key.to(), _ -> new ArrayList<>())
                .add(level + " " + key.type() + "/" + key.pattern()));
        List<String> ofRole = byHolder.getOrDefault("role:editors", List.of());
        byHolder.remove("role:editors");
        return Map.of(
                "roles",
                List.of(Map.of("name", "editors", "members", List.of("user:ben"), "grants", ofRole)),
                "grants",
                byHolder.entrySet().stream()
                        .map(holder -> Map.of("to", holder.getKey(), "grants", holder.getValue()))
                        .toList());
    }

    /** What a request needs: a level on the thing itself, or on a part of it. */
    private record Need(String type, String level) {}

    private record Call(String method, String path, String body, List<Need> needs) {}

    private void request(String said) throws Exception {
        String user = pick(List.copyOf(HOLDERS.keySet()));
        Thing thing = pick(things);
        Call call = pick(thing.type().equals("experiment") ? callsOnExperiment(thing) : callsOnModel(thing));
        AccessTestServer.Answer answer = server.send(
                user,
                call.method(),
                call.path(),
                "",
                call.body() == null ? null : call.body().replace('\'', '"'));
        boolean allowed = call.needs().stream().allMatch(need -> isMet(user, thing, need));
        assertEquals(
                allowed ? 200 : 403,
                answer.status(),
                () -> user + " " + call + " on " + thing + ": " + answer.body() + "\n" + said);
        if (thing.type().equals("experiment") && random.nextInt(4) == 0) {
            boolean nothingHidden = (defaultLevel.equals("READ") || grantedOnAllExperiments(user))
                    && ofUser(user, "experiment")
                            .noneMatch(grant -> grant.getValue().equals("DENY"))
                    && ofUser(user, "run").noneMatch(grant -> grant.getValue().equals("DENY"));
            AccessTestServer.Answer absent =
                    server.send(user, "GET", "/api/2.0/mlflow/runs/get?run_id=" + "0".repeat(32), "", null);
            assertEquals(nothingHidden ? 404 : 403, absent.status(), () -> user + ": " + absent.body() + "\n" + said);
        }
    }

    private boolean grantedOnAllExperiments(String user) {
        return ofUser(user, "experiment")
                .anyMatch(grant -> grant.getKey().pattern().equals("*")
                        && !grant.getValue().equals("DENY"));
    }

    private Stream<Map.Entry<Key, String>> ofUser(String user, String type) {
        return grants.entrySet().stream()
                .filter(grant -> HOLDERS.get(user).contains(grant.getKey().to())
                        && grant.getKey().type().equals(type));
    }

    private List<Call> callsOnExperiment(Thing thing) {
        String api = "/api/2.0/mlflow/";
        String id = "{'experiment_id': '" + thing.id() + "'";
        String run = "{'run_id': '" + thing.run() + "'";
        String model = api + "logged-models/" + thing.loggedModel();
        Need visible = new Need("experiment", "READ");
        return List.of(
                new Call("GET", api + "experiments/get?experiment_id=" + thing.id(), null, List.of(visible)),
                new Call(
                        "POST",
                        api + "experiments/set-experiment-tag",
                        id + ", 'key': 'k', 'value': 'v'}",
                        List.of(new Need("experiment", "EDIT"))),
                new Call(
                        "POST",
                        api + "runs/create",
                        id + "}",
                        List.of(new Need("experiment", "EDIT"), new Need("run", ""))),
                new Call(
                        "GET", api + "runs/get?run_id=" + thing.run(), null, List.of(visible, new Need("run", "READ"))),
                new Call(
                        "POST",
                        api + "runs/log-metric",
                        run + ", 'key': 'm', 'value': 1, 'timestamp': 1}",
                        List.of(visible, new Need("run", "EDIT"))),
                new Call("POST", api + "runs/restore", run + "}", List.of(visible, new Need("run", "MANAGE"))),
                new Call("GET", model, null, List.of(visible, new Need("logged_model", "READ"))),
                new Call(
                        "PATCH",
                        model + "/tags",
                        "{'tags': [{'key': 'k', 'value': 'v'}]}",
                        List.of(visible, new Need("logged_model", "EDIT"))));
    }

    private List<Call> callsOnModel(Thing thing) {
        String api = "/api/2.0/mlflow/";
        String tag = "{'name': '" + thing.name() + "', 'version': '1', 'key': 'k', 'value': 'v'}";
        Need visible = new Need("registered_model", "READ");
        return List.of(
                new Call("GET", api + "registered-models/get?name=" + thing.name(), null, List.of(visible)),
                new Call("POST", api + "registered-models/set-tag", tag, List.of(new Need("registered_model", "EDIT"))),
                new Call(
                        "GET",
                        api + "model-versions/get?name=" + thing.name() + "&version=1",
                        null,
                        List.of(visible, new Need("registered_model_version", "READ"))),
                new Call(
                        "POST",
                        api + "model-versions/set-tag",
                        tag,
                        List.of(visible, new Need("registered_model_version", "EDIT"))));
    }

    private boolean isMet(String user, Thing thing, Need need) {
        List<String> tiers = need.level().isEmpty() || need.type().equals(thing.type())
                ? List.of(need.type())
                : List.of(need.type(), thing.type());
        for (String tier : tiers) {
            List<String> levels = ofUser(user, tier)
                    .filter(grant -> thing.matches(grant.getKey().pattern()))
                    .map(Map.Entry::getValue)
                    .toList();
            if (levels.contains("DENY")) {
                return false;
            }
            if (!levels.isEmpty()) {
                return Stream.concat(levels.stream(), Stream.of(defaultLevel)).anyMatch(level -> reaches(level, need));
            }
        }
        return reaches(defaultLevel, need);
    }

    private static boolean reaches(String level, Need need) {
        return need.level().isEmpty() || LEVELS.indexOf(level) >= LEVELS.indexOf(need.level());
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
