package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.Scenario.scenario;

import dev.kiroku.conformance.Scenario;
import java.util.List;

/** What a server says about itself. */
public final class SystemCases {
    private SystemCases() {}

    public static List<Scenario> all() {
        return List.of(scenario("health, version and server information")
                .get("/health")
                .post("/health", "{}")
                .get("/version")
                .get("/api/3.0/mlflow/server-info")
                .get("/ajax-api/3.0/mlflow/server-info")
                .get("/nothing/here")
                .get("/api/2.0/mlflow/nothing"));
    }
}
