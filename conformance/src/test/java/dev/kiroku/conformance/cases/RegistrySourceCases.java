package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Sources of model versions, copies, and searches. */
public final class RegistrySourceCases {
    private RegistrySourceCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(sources(), copies(), searchesOfModels(), searchesOfVersions(), pages());
    }

    private static String version(String fields) {
        return "{'name': 'sourced', " + fields + "}";
    }

    private static ConformanceScenario sources() {
        String create = "model-versions/create";
        return scenario("registry, sources")
                .experiment("registry-sources")
                .run("r", 1)
                .run("other", 2)
                .get("runs/get?run_id=${r}")
                .save("root", "run.info.artifact_uri")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'lm', 'source_run_id': '${r}'}")
                .save("m", "model.info.model_id")
                .save("home", "model.info.artifact_uri")
                .post("registered-models/create", "{'name': 'sourced'}")
                .post(create, version("'source': '${root}/model', 'run_id': '${r}'"))
                .get("model-versions/get?name=sourced&version=1")
                .get("model-versions/get-download-uri?name=sourced&version=1")
                .post(create, version("'source': '${root}', 'run_id': '${r}'"))
                .post(create, version("'source': '${root}/model', 'run_id': '${other}'"))
                .post(create, version("'source': '${root}/model'"))
                .post(create, version("'source': '${root}x/model', 'run_id': '${r}'"))
                .post(create, version("'source': '${root}/../${other}/artifacts/model', 'run_id': '${r}'"))
                .post(create, version("'source': '${root}/%2e%2e/x', 'run_id': '${r}'"))
                .post(create, version("'source': '${root}/%252e%252e/x', 'run_id': '${r}'"))
                .post(create, version("'source': '${root}/model', 'run_id': 'nobody'"))
                .post(create, version("'source': 'runs:/${r}/model', 'run_id': '${r}'"))
                .get("model-versions/get-download-uri?name=sourced&version=3")
                .differs(
                        "MLflow answers with the source runs:/…, which the client resolves; Kiroku with the resolved location of the same files.")
                .get(
                        "model-versions/search?filter=name%3D%27sourced%27%20and%20source_path%3D%27runs%3A%2F${r}%2Fmodel%27")
                .post(create, version("'source': 'runs:/${r}/model', 'run_id': '${other}'"))
                .post(create, version("'source': 'runs:/${r}/model'"))
                .post(create, version("'source': 'runs:/${r}'  , 'run_id': '${r}'"))
                .post(create, version("'source': 'runs://host/${r}/model', 'run_id': '${r}'"))
                .post(create, version("'source': 'models:/${m}', 'model_id': '${m}'"))
                .get("model-versions/search?filter=name%3D%27sourced%27&max_results=1")
                .get("logged-models/${m}")
                .differs(
                        "MLflow repeats a logged model's versions in a tag of it; Kiroku keeps them in the registry alone.")
                .post(create, version("'source': 'models:/${m}'"))
                .post(create, version("'source': 'models:/${m}', 'run_id': '${r}'"))
                .post(create, version("'source': 'models:/m-00000000000000000000000000000000', 'model_id': '${m}'"))
                .post(create, version("'source': '${home}', 'model_id': '${m}'"))
                .post(create, version("'source': '${home}/x', 'model_id': '${m}', 'run_id': '${r}'"))
                .post(create, version("'source': '${root}/model', 'model_id': '${m}', 'run_id': '${r}'"))
                .post(create, version("'source': '${home}', 'model_id': 'm-nobody'"))
                .post(create, version("'source': 's3://bucket/a/../b'"))
                .post(create, version("'source': 's3://bucket/a//b'"))
                .post(create, version("'source': 's3://bucket/a?x=1'"))
                .post(create, version("'source': 's3://bucket/a#x'"))
                .post(create, version("'source': 's3://bucket/a', 'run_id': '${r}'"))
                .post(create, version("'source': 'https://example.com/model'"))
                .post(create, version("'source': 'https://example.com/a/%2e%2e/b'"))
                .post(create, version("'source': 'hdfs://namenode/model'"))
                .post(create, version("'source': 'ABFSS://container@account/model'"))
                .post(create, version("'source': 'ftp://host/model'"))
                .post(create, version("'source': 'r2://bucket/model'"))
                .post(create, version("'source': 'gs://bucket/model'"))
                .post(create, version("'source': 'dbfs:/model'"))
                .post(create, version("'source': 'relative/model'"))
                .post(create, version("'source': '../model', 'run_id': '${r}'"))
                .post(create, version("'source': 'file:///tmp/model', 'run_id': '${r}'"))
                .post(create, version("'source': 'mlflow-artifacts:/x/y'"))
                .post(create, version("'source': 'mlflow-artifacts://other-host/x', 'run_id': '${r}'"))
                .post(create, version("'source': ''"))
                .post(create, version("'source': 5"))
                .post(create, version("'source': 's3://bucket/a', 'tags': [{'value': 'x'}]"))
                .post(create, version("'source': 's3://bucket/a', 'tags': 'x'"))
                .post(create, version("'source': 's3://key:secret@bucket/model'"))
                .differs("Kiroku refuses passwords in sources: everyone who can read the version could read them.");
    }

    private static ConformanceScenario copies() {
        String create = "model-versions/create";
        return scenario("registry, copies of versions")
                .experiment("registry-copies")
                .run("r", 1)
                .get("runs/get?run_id=${r}")
                .save("root", "run.info.artifact_uri")
                .post("registered-models/create", "{'name': 'origin'}")
                .post("registered-models/create", "{'name': 'copy'}")
                .post(
                        create,
                        "{'name': 'origin', 'source': '${root}/model', 'run_id': '${r}', 'run_link': 'https://e/r', 'description': 'd'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin/1'}")
                .get("model-versions/get-download-uri?name=copy&version=1")
                .post(create, "{'name': 'copy', 'source': 'models:/copy/1'}")
                .get("model-versions/get-download-uri?name=copy&version=2")
                .post("registered-models/alias", "{'name': 'origin', 'alias': 'champion', 'version': '1'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin@champion'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin@nobody'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin/latest'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin/9'}")
                .post(create, "{'name': 'copy', 'source': 'models:/nobody/1'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin'}")
                .post(create, "{'name': 'copy', 'source': 'models://host/origin/1'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin/1/2'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin/1', 'run_id': '${r}'}")
                .post(create, "{'name': 'copy', 'source': 'models:/origin/1', 'run_id': 'nobody'}")
                .delete("registered-models/delete", "{'name': 'origin'}")
                .get("model-versions/get-download-uri?name=copy&version=1");
    }

    private static ConformanceScenario searchesOfModels() {
        return scenario("registry, searches of models")
                .post(
                        "registered-models/create",
                        "{'name': 'find-a', 'tags': [{'key': 'team', 'value': 'x'}, {'key': 'only', 'value': '1'}]}")
                .post("registered-models/create", "{'name': 'find-B', 'tags': [{'key': 'team', 'value': 'y'}]}")
                .post("registered-models/create", "{'name': 'find-c'}")
                .get("registered-models/search?filter=name%20LIKE%20%27find-%25%27")
                .get("registered-models/search?filter=name%20LIKE%20%27FIND-%25%27")
                .get("registered-models/search?filter=name%20ILIKE%20%27FIND-%25%27")
                .get("registered-models/search?filter=name%20ILIKE%20%27find-b%27")
                .get("registered-models/search?filter=name%20!%3D%20%27find-a%27%20AND%20name%20LIKE%20%27find-%25%27")
                .get("registered-models/search?filter=name%20LIKE%20%27find-%25%27%20AND%20tags.team%20%3D%20%27x%27")
                .get("registered-models/search?filter=name%20LIKE%20%27find-%25%27%20AND%20tags.team%20!%3D%20%27x%27")
                .get("registered-models/search?filter=tag.team%20LIKE%20%27%25%27%20AND%20name%20LIKE%20%27find-%25%27")
                .get("registered-models/search?filter=tags.team%20ILIKE%20%27X%27")
                .get("registered-models/search?filter=tags.%60team%60%20%3D%20%27y%27")
                .get("registered-models/search?filter=tags.team%20%3D%20%27x%27%20AND%20tags.only%20%3D%20%271%27")
                .get("registered-models/search?filter=tags.team%20%3E%20%27x%27")
                .get("registered-models/search?filter=name%20%3E%20%27x%27")
                .get("registered-models/search?filter=name%20IN%20(%27find-a%27)")
                .get("registered-models/search?filter=creation_timestamp%20%3E%200")
                .get("registered-models/search?filter=name%20%3D%20find-a")
                .get("registered-models/search?filter=name%20%3D%205")
                .get("registered-models/search?filter=name%20%3D%20%22find-a%22")
                .get("registered-models/search?filter=run_id%20%3D%20%27x%27")
                .get("registered-models/search?filter=name%20%3D%20%27find-a%27%20OR%20name%20%3D%20%27find-c%27")
                .get("registered-models/search?filter=attribute.name%20%3D%20%27find-a%27")
                .get("registered-models/search?filter=name%20LIKE%20%27find-%25%27&order_by=name%20DESC")
                .get(
                        "registered-models/search?filter=name%20LIKE%20%27find-%25%27&order_by=last_updated_timestamp%20ASC&order_by=name")
                .get("registered-models/search?order_by=nothing")
                .get("registered-models/search?order_by=name%20SIDEWAYS")
                .get("registered-models/search?max_results=0")
                .stricter()
                .get("registered-models/search?max_results=-1")
                .stricter()
                .get("registered-models/search?max_results=1001")
                .get("registered-models/search?page_token=nonsense");
    }

    private static ConformanceScenario searchesOfVersions() {
        return scenario("registry, searches of versions")
                .experiment("registry-searches")
                .run("r", 1)
                .post("registered-models/create", "{'name': 'seek'}")
                .post("registered-models/create", "{'name': 'seek-2'}")
                .post(
                        "model-versions/create",
                        "{'name': 'seek', 'source': 's3://b/1', 'run_id': '${r}', 'tags': [{'key': 'k', 'value': 'a'}]}")
                .post(
                        "model-versions/create",
                        "{'name': 'seek', 'source': 's3://b/2', 'tags': [{'key': 'k', 'value': 'b'}]}")
                .post("model-versions/create", "{'name': 'seek-2', 'source': 's3://b/1'}")
                .get("model-versions/search?filter=name%3D%27seek%27&order_by=version_number%20DESC")
                .get("model-versions/search?filter=name%3D%27seek%27&order_by=version_number%20ASC")
                .get(
                        "model-versions/search?filter=name%20LIKE%20%27seek%25%27&order_by=name%20DESC&order_by=version_number")
                .get(
                        "model-versions/search?filter=name%20ILIKE%20%27SEEK%27&order_by=creation_timestamp&order_by=version_number")
                .get("model-versions/search?filter=run_id%3D%27${r}%27")
                .get("model-versions/search?filter=run_id%20IN%20(%27${r}%27,%27x%27)")
                .get("model-versions/search?filter=run_id%20IN%20()")
                .get("model-versions/search?filter=run_id%20LIKE%20%27x%27")
                .get("model-versions/search?filter=source_path%3D%27s3%3A%2F%2Fb%2F1%27&order_by=name")
                .get(
                        "model-versions/search?filter=source_path%20LIKE%20%27s3%3A%2F%2Fb%2F%25%27%20AND%20name%3D%27seek%27&order_by=version_number")
                .get("model-versions/search?filter=name%3D%27seek%27%20AND%20version_number%20%3E%201")
                .get("model-versions/search?filter=name%3D%27seek%27%20AND%20version_number%20%3D%201")
                .get("model-versions/search?filter=version_number%20LIKE%20%271%27")
                .get("model-versions/search?filter=name%3D%27seek%27%20AND%20tags.k%3D%27a%27")
                .get("model-versions/search?filter=name%3D%27seek%27%20AND%20tags.k%20!%3D%20%27a%27")
                .get(
                        "model-versions/search?filter=tags.k%20LIKE%20%27_%27%20AND%20name%3D%27seek%27&order_by=version_number")
                .get("model-versions/search?filter=name%20!%3D%20%27seek%27%20AND%20name%20LIKE%20%27seek%25%27")
                .get("model-versions/search?filter=stage%3D%27None%27")
                .get("model-versions/search?filter=current_stage%3D%27None%27")
                .get("model-versions/search?filter=name%3Dseek")
                .get("model-versions/search?filter=name%3D%27seek%27&order_by=stage")
                .get("model-versions/search?filter=name%3D%27seek%27&max_results=200001")
                .get("model-versions/search?filter=name%3D%27seek%27&max_results=0")
                .get("model-versions/search?filter=name%3D%27seek%27&page_token=nonsense");
    }

    private static ConformanceScenario pages() {
        return scenario("registry, pages of models and versions")
                .post("registered-models/create", "{'name': 'page-1'}")
                .post("registered-models/create", "{'name': 'page-2'}")
                .post("registered-models/create", "{'name': 'page-3'}")
                .get("registered-models/search?filter=name%20LIKE%20%27page-%25%27&max_results=2")
                .save("next", "next_page_token")
                .get("registered-models/search?filter=name%20LIKE%20%27page-%25%27&max_results=2&page_token=${next}")
                .get("registered-models/search?filter=name%20LIKE%20%27page-%25%27&max_results=3")
                .post("model-versions/create", "{'name': 'page-1', 'source': 's3://b/1'}")
                .post("model-versions/create", "{'name': 'page-1', 'source': 's3://b/2'}")
                .post("model-versions/create", "{'name': 'page-1', 'source': 's3://b/3'}")
                .get("model-versions/search?filter=name%3D%27page-1%27&max_results=2&order_by=version_number")
                .save("next", "next_page_token")
                .get(
                        "model-versions/search?filter=name%3D%27page-1%27&max_results=2&order_by=version_number&page_token=${next}");
    }
}
