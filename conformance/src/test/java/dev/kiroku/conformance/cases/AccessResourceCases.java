package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Experiments, runs, artifacts and the registry, as people with different permissions see them: an owner, who created what the scenario is about, users to
 * whom the owner has granted EDIT, READ or DENY on it, a stranger without grants, and the administrator.
 */
public final class AccessResourceCases {
    /** Everybody, those last who may delete. */
    private static final List<String> PEOPLE = List.of("stranger", "denied", "reader", "editor", "owner", "admin");

    private static final String GRANT = "/api/3.0/mlflow/users/permissions/grant";
    private static final String REVOKE = "/api/3.0/mlflow/users/permissions/revoke";
    private static final String PROXY = "/api/2.0/mlflow-artifacts/artifacts";

    private static final String MISSING =
            "What everybody may read by default is missing in Kiroku's answer; MLflow refuses to say.";

    /** Whether everybody may read what no grant matches. */
    private final boolean open;

    private AccessResourceCases(boolean open) {
        this.open = open;
    }

    /** Returns the cases for servers with the default permission READ. */
    public static List<ConformanceScenario> withDefaultRead() {
        return new AccessResourceCases(true).all();
    }

    /** Returns the cases for servers with the default permission NO_PERMISSIONS. */
    public static List<ConformanceScenario> withoutDefault() {
        return new AccessResourceCases(false).all();
    }

    private List<ConformanceScenario> all() {
        return List.of(
                experiments(),
                runs(),
                loggedModels(),
                artifacts(),
                models(),
                versions(),
                sourcesOfVersions(),
                searches(),
                graphql(),
                webhooks(),
                narrowerGrants(),
                deniedCreation());
    }

    private ConformanceScenario everybody(ConformanceScenario cases, Consumer<ConformanceScenario> call) {
        for (String person : PEOPLE) {
            call.accept(cases.as(person));
        }
        return cases;
    }

    /** As {@link #everybody(ConformanceScenario, Consumer)}; the responses to some people differ on purpose. */
    private void everybody(
            ConformanceScenario cases, String reason, List<String> people, Consumer<ConformanceScenario> call) {
        for (String person : PEOPLE) {
            call.accept(cases.as(person));
            if (people.contains(person)) {
                cases.differs(reason);
            }
        }
    }

    /** Returns the people from whom what is guarded is hidden. */
    private List<String> hidden() {
        return open ? List.of("denied") : List.of("denied", "stranger");
    }

    /** Returns people for whom something differs where everybody may read by default, or nobody where nobody may. */
    private List<String> people(String... names) {
        return open ? List.of(names) : List.of();
    }

    private static String grant(String user, String type, String id, String level) {
        return "{'username': '%s', 'resource_type': '%s', 'resource_id': '%s', 'permission': '%s'}"
                .formatted(user, type, id, level);
    }

    private static String resource(String user, String type, String id) {
        return "{'username': '%s', 'resource_type': '%s', 'resource_id': '%s'}".formatted(user, type, id);
    }

    private ConformanceScenario granted(ConformanceScenario cases, String type, String id) {
        return cases.post(GRANT, grant("reader", type, id, "READ"))
                .post(GRANT, grant("editor", type, id, "EDIT"))
                .post(GRANT, grant("denied", type, id, "DENY"));
    }

    /** Returns a scenario with an experiment, {@code ${exp}}, and a run, {@code ${run}}. */
    private ConformanceScenario onExperiment(String title, String name) {
        return granted(scenario(title).as("owner").experiment(name), "experiment", "${exp}")
                .run("run", 1);
    }

    private ConformanceScenario onModel(String title, String name) {
        return granted(
                scenario(title).as("owner").post("registered-models/create", "{'name': '" + name + "'}"),
                "registered_model",
                name);
    }

    private ConformanceScenario experiments() {
        ConformanceScenario cases = onExperiment("access, experiments", "guarded");
        everybody(cases, c -> c.get("experiments/get?experiment_id=${exp}"));
        everybody(
                cases,
                "In Kiroku a name that one may not read and one that does not exist look the same.",
                hidden(),
                c -> c.get("experiments/get-by-name?experiment_name=guarded"));
        everybody(cases, c -> c.post("experiments/update", "{'experiment_id': '${exp}', 'new_name': 'guarded'}"));
        everybody(
                cases,
                c -> c.post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': 'b'}"));
        everybody(cases, c -> c.post("experiments/delete", "{'experiment_id': '${exp}'}"));
        everybody(cases, c -> c.get("experiments/get?experiment_id=${exp}"));
        everybody(cases, c -> c.post("experiments/restore", "{'experiment_id': '${exp}'}"));
        return cases;
    }

    private ConformanceScenario runs() {
        ConformanceScenario cases = onExperiment("access, runs", "guarded-runs");
        everybody(cases, c -> c.post("runs/create", "{'experiment_id': '${exp}', 'run_name': 'new', 'start_time': 2}"));
        everybody(cases, c -> c.get("runs/get?run_id=${run}"));
        everybody(
                cases,
                MISSING,
                people("stranger", "reader", "editor", "owner"),
                c -> c.get("runs/get?run_id=00000000000000000000000000000000"));
        everybody(
                cases, c -> c.post("runs/log-metric", "{'run_id': '${run}', 'key': 'm', 'value': 1, 'timestamp': 1}"));
        everybody(cases, c -> c.post("runs/log-parameter", "{'run_id': '${run}', 'key': 'p', 'value': 'v'}"));
        everybody(
                cases,
                c -> c.post(
                        "runs/log-batch",
                        "{'run_id': '${run}', 'metrics': [{'key': 'n', 'value': 2, 'timestamp': 1}]}"));
        everybody(cases, c -> c.post("runs/update", "{'run_id': '${run}', 'run_name': 'renamed'}"));
        everybody(cases, c -> c.post("runs/delete", "{'run_id': '${run}'}"));
        everybody(cases, c -> c.post("runs/restore", "{'run_id': '${run}'}"));
        return cases;
    }

    private ConformanceScenario loggedModels() {
        ConformanceScenario cases = onExperiment("access, logged models", "guarded-logged-models")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'lm', 'source_run_id': '${run}'}")
                .save("model", "model.info.model_id");
        String model = "logged-models/${model}";
        everybody(cases, c -> c.post("logged-models", "{'experiment_id': '${exp}', 'name': 'another'}"));
        everybody(cases, c -> c.get(model));
        everybody(
                cases,
                MISSING,
                people("stranger", "reader", "editor", "owner"),
                c -> c.get("logged-models/m-00000000000000000000000000000000"));
        everybody(cases, c -> c.post("logged-models/search", "{'experiment_ids': ['${exp}']}"));
        for (String person : PEOPLE) {
            String params = "[{'key': 'of-" + person + "', 'value': '1'}]";
            cases.as(person).post(model + "/params", "{'model_id': '${model}', 'params': " + params + "}");
        }
        everybody(cases, c -> c.patch(model + "/tags", "{'tags': [{'key': 'a', 'value': 'b'}]}"));
        everybody(cases, c -> c.patch(model, "{'model_id': '${model}', 'status': 'LOGGED_MODEL_READY'}"));
        everybody(cases, c -> c.get(model + "/artifacts/directories"));
        everybody(
                cases,
                c -> c.post(
                        "runs/log-metric",
                        "{'run_id': '${run}', 'key': 'm', 'value': 1, 'timestamp': 1, 'model_id': '${model}'}"));
        everybody(cases, c -> c.delete(model + "/tags/a"));
        everybody(cases, c -> c.delete(model));
        return cases;
    }

    private ConformanceScenario artifacts() {
        String file = PROXY + "/${exp}/${run}/artifacts/a.txt";
        ConformanceScenario cases = onExperiment("access, artifacts", "guarded-artifacts");
        everybody(cases, c -> c.put(file, "text"));
        everybody(cases, c -> c.get(file));
        everybody(cases, c -> c.get("artifacts/list?run_id=${run}"));
        everybody(cases, c -> c.get("/get-artifact?run_uuid=${run}&path=a.txt"));
        everybody(cases, c -> c.delete(file));
        return cases.as("owner").get("artifacts/list?run_id=${run}");
    }

    private ConformanceScenario models() {
        String models = "registered-models/";
        ConformanceScenario cases = onModel("access, registered models", "guarded-model");
        everybody(cases, c -> c.get(models + "get?name=guarded-model"));
        everybody(cases, c -> c.post(models + "create", "{'name': 'guarded-model'}"));
        everybody(cases, c -> c.patch(models + "update", "{'name': 'guarded-model', 'description': 'd'}"));
        everybody(cases, c -> c.post(models + "set-tag", "{'name': 'guarded-model', 'key': 'a', 'value': 'b'}"));
        everybody(cases, c -> c.delete(models + "delete-tag", "{'name': 'guarded-model', 'key': 'a'}"));
        everybody(cases, c -> c.post(models + "rename", "{'name': 'guarded-model', 'new_name': 'guarded-model'}"));
        everybody(cases, c -> c.delete(models + "delete", "{'name': 'guarded-model'}"));
        return cases;
    }

    private ConformanceScenario versions() {
        String versions = "model-versions/";
        String one = "'name': 'guarded-versions', 'version': '1'";
        ConformanceScenario cases = onModel("access, model versions", "guarded-versions")
                .post(versions + "create", "{'name': 'guarded-versions', 'source': 's3://b/1'}")
                .post(versions + "create", "{'name': 'guarded-versions', 'source': 's3://b/2'}");
        everybody(cases, c -> c.get(versions + "get?name=guarded-versions&version=1"));
        everybody(
                cases,
                MISSING,
                people("stranger", "denied", "reader", "editor", "owner"),
                c -> c.get(versions + "get?name=no-such-model&version=1"));
        everybody(cases, c -> c.patch(versions + "update", "{" + one + ", 'description': 'd'}"));
        everybody(cases, c -> c.post(versions + "set-tag", "{" + one + ", 'key': 'a', 'value': 'b'}"));
        everybody(cases, c -> c.delete(versions + "delete-tag", "{" + one + ", 'key': 'a'}"));
        everybody(
                cases,
                c -> c.post(
                        versions + "transition-stage",
                        "{" + one + ", 'stage': 'Staging', 'archive_existing_versions': false}"));
        everybody(
                cases,
                c -> c.post(
                        "registered-models/alias",
                        "{'name': 'guarded-versions', 'alias': 'champion', 'version': '1'}"));
        everybody(cases, c -> c.get("registered-models/alias?name=guarded-versions&alias=champion"));
        everybody(cases, c -> c.delete("registered-models/alias", "{'name': 'guarded-versions', 'alias': 'champion'}"));
        everybody(cases, c -> c.delete(versions + "delete", "{" + one + "}"));
        return cases;
    }

    private ConformanceScenario sourcesOfVersions() {
        String create = "model-versions/create";
        String mine = "{'name': 'copied-by-others', ";
        return onExperiment("access, sources of model versions", "guarded-sources")
                .get("runs/get?run_id=${run}")
                .save("root", "run.info.artifact_uri")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'lm', 'source_run_id': '${run}'}")
                .save("model", "model.info.model_id")
                .post("registered-models/create", "{'name': 'source-model'}")
                .post(create, "{'name': 'source-model', 'source': 's3://b/1'}")
                .post(GRANT, grant("denied", "registered_model", "source-model", "DENY"))
                .as("admin")
                .post("registered-models/create", "{'name': 'copied-by-others'}")
                .post(GRANT, grant("denied", "registered_model", "copied-by-others", "EDIT"))
                .post(GRANT, grant("stranger", "registered_model", "copied-by-others", "EDIT"))
                .post(GRANT, grant("reader", "registered_model", "copied-by-others", "EDIT"))
                .as("denied")
                .post(create, mine + "'source': '${root}/model', 'run_id': '${run}'}")
                .post(create, mine + "'source': 'runs:/${run}/model', 'run_id': '${run}'}")
                .post(create, mine + "'source': 'models:/${model}', 'model_id': '${model}'}")
                .post(create, mine + "'source': 'models:/source-model/1'}")
                .post(create, mine + "'source': 's3://b/own'}")
                .as("stranger")
                .post(create, mine + "'source': '${root}/model', 'run_id': '${run}'}")
                .post(create, mine + "'source': 'runs:/${run}/model', 'run_id': '${run}'}")
                .post(create, mine + "'source': 'models:/${model}', 'model_id': '${model}'}")
                .post(create, mine + "'source': 'models:/source-model/1'}")
                .post(create, mine + "'source': 's3://b/own'}")
                .as("reader")
                .post(create, mine + "'source': '${root}/model', 'run_id': '${run}'}")
                .post(create, mine + "'source': 'models:/${model}', 'model_id': '${model}'}")
                .post(create, mine + "'source': 'models:/source-model/1'}")
                .as("admin")
                .post(create, mine + "'source': 'models:/source-model/1'}");
    }

    private ConformanceScenario searches() {
        ConformanceScenario cases = onExperiment("access, searches", "found-1")
                .post("runs/log-metric", "{'run_id': '${run}', 'key': 'm', 'value': 1, 'timestamp': 1}")
                .post("registered-models/create", "{'name': 'found-model-1'}")
                .post("model-versions/create", "{'name': 'found-model-1', 'source': 's3://b/1'}")
                .post("registered-models/create", "{'name': 'found-model-2'}")
                .post("model-versions/create", "{'name': 'found-model-2', 'source': 's3://b/1'}")
                .post(GRANT, grant("reader", "registered_model", "found-model-1", "READ"))
                .post(GRANT, grant("denied", "registered_model", "found-model-1", "DENY"))
                .post("experiments/create", "{'name': 'found-2'}")
                .save("other", "experiment_id")
                .post("runs/create", "{'experiment_id': '${other}', 'run_name': 'hidden', 'start_time': 2}");
        everybody(
                cases,
                c -> c.post(
                        "experiments/search",
                        "{'max_results': 100, 'filter': 'name LIKE \\u0027found-%\\u0027', 'order_by': ['name']}"));
        everybody(
                cases,
                c -> c.post(
                        "runs/search",
                        "{'experiment_ids': ['${exp}', '${other}'], 'order_by': ['attributes.start_time']}"));
        everybody(cases, c -> c.get("registered-models/search?filter=name%20LIKE%20%27found-%25%27&order_by=name"));
        everybody(cases, c -> c.get("model-versions/search?filter=name%20LIKE%20%27found-%25%27&order_by=name"));
        everybody(cases, c -> c.get("model-versions/search?filter=run_id%3D%27${run}%27"));
        return cases;
    }

    private ConformanceScenario graphql() {
        ConformanceScenario cases = onExperiment("access, GraphQL", "guarded-graphql")
                .post("registered-models/create", "{'name': 'guarded-graphql'}")
                .post("model-versions/create", "{'name': 'guarded-graphql', 'source': 's3://b/1', 'run_id': '${run}'}");
        String says = "Kiroku says why there is no such object for the user; MLflow only leaves it out.";
        ask(cases, says, "{ mlflowGetExperiment(input: {experimentId: \"${exp}\"}) { experiment { name } } }");
        ask(
                cases,
                says,
                "{ mlflowGetRun(input: {runId: \"${run}\"}) { run { info { runName } modelVersions { name } } } }");
        ask(
                cases,
                "Kiroku finds no runs where MLflow's answer is null.",
                "{ mlflowSearchRuns(input: {experimentIds: [\"${exp}\"]}) { runs { info { runName } } } }");
        String versions =
                "{ mlflowSearchModelVersions(input: {filter: \"name='guarded-graphql'\"}) { modelVersions { name version } } }";
        everybody(cases, c -> c.raw("POST", "/graphql", query(versions)));
        return cases;
    }

    private void ask(ConformanceScenario cases, String reason, String query) {
        everybody(cases, reason, hidden(), c -> c.raw("POST", "/graphql", query(query)));
    }

    private static String query(String text) {
        return JsonMapper.shared().writeValueAsString(Map.of("query", text));
    }

    private ConformanceScenario webhooks() {
        ConformanceScenario cases = scenario("access, webhooks")
                .as("admin")
                .post(
                        "webhooks",
                        "{'name': 'guarded', 'url': 'https://1.1.1.1/hook', 'events': [{'entity': 'MODEL_VERSION', 'action': 'CREATED'}]}")
                .save("hook", "webhook.webhook_id");
        for (String person : PEOPLE.subList(0, PEOPLE.size() - 1)) {
            cases.as(person)
                    .post(
                            "webhooks",
                            "{'name': 'more', 'url': 'https://1.1.1.1/', 'events': [{'entity': 'MODEL_VERSION', 'action': 'CREATED'}]}");
        }
        everybody(cases, c -> c.get("webhooks/${hook}"));
        everybody(cases, c -> c.patch("webhooks/${hook}", "{'description': 'more'}"));
        everybody(cases, c -> c.get("webhooks"));
        everybody(cases, c -> c.get("webhooks/nobody"));
        everybody(cases, c -> c.delete("webhooks/${hook}"));
        return cases;
    }

    private ConformanceScenario narrowerGrants() {
        return scenario("access, narrower grants")
                .as("owner")
                .experiment("narrow")
                .run("run", 1)
                .post("registered-models/create", "{'name': 'narrow-model'}")
                .post("model-versions/create", "{'name': 'narrow-model', 'source': 's3://b/1'}")
                .as("admin")
                .post("users/create", "{'username': 'narrow', 'password': 'password-of-narrow'}")
                .differs(AccessCases.FOR_EARLIER_CLIENTS)
                .post(GRANT, grant("narrow", "experiment", "${exp}", "MANAGE"))
                .post(GRANT, grant("narrow", "run", "*", "READ"))
                .post(GRANT, grant("narrow", "registered_model", "*", "EDIT"))
                .post(GRANT, grant("narrow", "registered_model_version", "*", "DENY"))
                .as("narrow")
                .get("experiments/get?experiment_id=${exp}")
                .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': 'b'}")
                .get("runs/get?run_id=${run}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 't', 'value': 'v'}")
                .post("runs/delete", "{'run_id': '${run}'}")
                .post("runs/create", "{'experiment_id': '${exp}', 'run_name': 'x', 'start_time': 1}")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'lm'}")
                .post("experiments/delete", "{'experiment_id': '${exp}'}")
                .get("registered-models/get?name=narrow-model")
                .post("registered-models/set-tag", "{'name': 'narrow-model', 'key': 'a', 'value': 'b'}")
                .get("model-versions/get?name=narrow-model&version=1")
                .post("model-versions/create", "{'name': 'narrow-model', 'source': 's3://b/2'}")
                .get("model-versions/search?filter=name%3D%27narrow-model%27")
                .delete("registered-models/delete", "{'name': 'narrow-model'}")
                .as("admin")
                .post(REVOKE, resource("narrow", "run", "*"))
                .post(GRANT, grant("narrow", "run", "*", "DENY"))
                .as("narrow")
                .get("runs/get?run_id=${run}")
                .post("runs/search", "{'experiment_ids': ['${exp}']}")
                .post("runs/create", "{'experiment_id': '${exp}', 'run_name': 'x', 'start_time': 1}")
                .get("experiments/get?experiment_id=${exp}")
                .as("admin")
                .post(REVOKE, resource("narrow", "run", "*"))
                .post(GRANT, grant("narrow", "experiment", "*", "DENY"))
                .as("narrow")
                .get("experiments/get?experiment_id=${exp}")
                .get("runs/get?run_id=${run}")
                .as("admin")
                .post(REVOKE, resource("narrow", "experiment", "*"))
                .post(REVOKE, resource("narrow", "experiment", "${exp}"))
                .post(GRANT, grant("narrow", "run", "*", "MANAGE"))
                .as("narrow")
                .get("experiments/get?experiment_id=${exp}")
                .get("runs/get?run_id=${run}")
                .post("runs/set-tag", "{'run_id': '${run}', 'key': 't', 'value': 'v'}")
                .as("admin")
                .delete("users/delete", "{'username': 'narrow'}");
    }

    private ConformanceScenario deniedCreation() {
        return scenario("access, denied creation")
                .as("admin")
                .post("users/create", "{'username': 'barred', 'password': 'password-of-barred'}")
                .differs(AccessCases.FOR_EARLIER_CLIENTS)
                .as("barred")
                .experiment("of-barred")
                .post("registered-models/create", "{'name': 'of-barred'}")
                .as("admin")
                .post(GRANT, grant("barred", "experiment", "*", "DENY"))
                .post(GRANT, grant("barred", "registered_model", "*", "DENY"))
                .as("barred")
                .post("experiments/create", "{'name': 'another-of-barred'}")
                .post("registered-models/create", "{'name': 'another-of-barred'}")
                .get("experiments/get?experiment_id=${exp}")
                .get("registered-models/get?name=of-barred")
                .post("experiments/search", "{'max_results': 10}")
                .differs("Kiroku leaves out the token of a page that is the last, also of one that is empty.")
                .get("registered-models/search")
                .as("admin")
                .delete("users/delete", "{'username': 'barred'}");
    }
}
