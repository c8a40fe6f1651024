package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.Scenario.scenario;

import dev.kiroku.conformance.Scenario;
import java.util.List;

/** The life of a run. */
public final class RunCases {
    private RunCases() {}

    public static List<Scenario> all() {
        return List.of(
                scenario("create with little")
                        .post("runs/create", "{'experiment_id': '0'}").save("run", "run.info.run_id")
                        .get("runs/get?run_id=${run}")
                        .get("runs/get?run_uuid=${run}")
                        .post("runs/create", "{}")
                        .post("runs/create", "{'experiment_id': '987654321'}")
                        .post("runs/create", "{'experiment_id': 'abc'}"));
    }
}
