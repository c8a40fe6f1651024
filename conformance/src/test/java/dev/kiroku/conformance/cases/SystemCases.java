package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Health, version and server information. */
public final class SystemCases {
    private static final String SERVER_INFO =
            "MLflow passes calls to language models on, which Kiroku does not; and Kiroku has the fields of newer releases.";

    private SystemCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(scenario("health, version and server information")
                .get("/health")
                .post("/health", "{}")
                .get("/version")
                .differs("A version is plain text, which no browser should take for a page.")
                .get("/api/3.0/mlflow/server-info")
                .differs(SERVER_INFO)
                .get("/ajax-api/3.0/mlflow/server-info")
                .differs(SERVER_INFO)
                .get("/nothing/here")
                .get("/api/2.0/mlflow/nothing"));
    }
}
