package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Registering a model and getting it by version and by alias. */
public final class RegistryCases {
    private RegistryCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                scenario("registered models")
                        .post(
                                "registered-models/create",
                                "{'name': 'reg', 'description': 'about', 'tags': [{'key': 'a', 'value': '1'}]}")
                        .get("registered-models/get?name=reg")
                        .post("registered-models/create", "{'name': 'reg'}")
                        .sameText()
                        .post("registered-models/create", "{'name': ''}")
                        .post("registered-models/create", "{'name': 'a/b'}")
                        .post("registered-models/create", "{}")
                        .get("registered-models/get?name=nobody")
                        .sameText()
                        .get("registered-models/get")
                        .post("registered-models/create", "{'name': 'reg-2'}")
                        .get("registered-models/search")
                        .get("registered-models/search?filter=name%3D%27reg%27")
                        .get("registered-models/search?filter=name%20LIKE%20%27reg%25%27&max_results=1")
                        .get("registered-models/search?filter=nothing"),
                scenario("deployment jobs are for MLflow's other servers")
                        .post("registered-models/create", "{'name': 'job', 'deployment_job_id': '17'}")
                        .get("registered-models/get?name=job")
                        .patch(
                                "registered-models/update",
                                "{'name': 'job', 'description': 'x', 'deployment_job_id': '18'}")
                        .get("registered-models/search?filter=name%3D%27job%27"),
                scenario("model versions and aliases")
                        .post("registered-models/create", "{'name': 'versioned'}")
                        .post(
                                "model-versions/create",
                                "{'name': 'versioned', 'source': 's3://bucket/model', 'description': 'one'}")
                        .post(
                                "model-versions/create",
                                "{'name': 'versioned', 'source': 's3://bucket/model2', 'tags': [{'key': 'a', 'value': '1'}]}")
                        .post("model-versions/create", "{'name': 'nobody', 'source': 's3://bucket/model'}")
                        .post("model-versions/create", "{'name': 'versioned'}")
                        .post("model-versions/create", "{'name': 'versioned', 'source': '/etc'}")
                        .post("model-versions/create", "{'name': 'versioned', 'source': 'file:///etc/passwd'}")
                        .get("model-versions/get?name=versioned&version=1")
                        .get("model-versions/get?name=versioned&version=9")
                        .sameText()
                        .get("model-versions/get?name=versioned&version=x")
                        .get("model-versions/get-download-uri?name=versioned&version=1")
                        .get("model-versions/get-download-uri?name=versioned&version=9")
                        .get("model-versions/search?filter=name%3D%27versioned%27")
                        .get("model-versions/search?filter=nothing")
                        .post("registered-models/alias", "{'name': 'versioned', 'alias': 'champion', 'version': '1'}")
                        .get("registered-models/alias?name=versioned&alias=champion")
                        .post("registered-models/alias", "{'name': 'versioned', 'alias': 'champion', 'version': '2'}")
                        .get("registered-models/alias?name=versioned&alias=champion")
                        .get("registered-models/alias?name=versioned&alias=nobody")
                        .sameText()
                        .post("registered-models/alias", "{'name': 'versioned', 'alias': 'v1', 'version': '2'}")
                        .post("registered-models/alias", "{'name': 'versioned', 'alias': 'latest', 'version': '2'}")
                        .post("registered-models/alias", "{'name': 'versioned', 'alias': 'x', 'version': '77'}")
                        .get("registered-models/get?name=versioned")
                        .get("model-versions/get?name=versioned&version=2"));
    }
}
