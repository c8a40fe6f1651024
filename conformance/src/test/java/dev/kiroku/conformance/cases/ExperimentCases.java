package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Creating, getting, changing, deleting and restoring experiments. */
public final class ExperimentCases {
    private ExperimentCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                scenario("the default experiment")
                        .get("experiments/get?experiment_id=0")
                        .get("experiments/get-by-name?experiment_name=Default")
                        .post("experiments/search", "{'max_results': 10}"),
                scenario("create and get")
                        .post(
                                "experiments/create",
                                "{'name': 'first', 'tags': [{'key': 'team', 'value': 'vision'}, {'key': 'empty', 'value': ''}]}")
                        .save("exp", "experiment_id")
                        .get("experiments/get?experiment_id=${exp}")
                        .get("experiments/get-by-name?experiment_name=first")
                        .get("experiments/get?experiment_id=987654321")
                        .sameText()
                        .get("experiments/get?experiment_id=abc")
                        .get("experiments/get?experiment_id=")
                        .get("experiments/get")
                        .sameText()
                        .get("experiments/get-by-name?experiment_name=nobody")
                        .sameText()
                        .get("experiments/get-by-name"),
                scenario("names")
                        .post("experiments/create", "{'name': 'first'}")
                        .post("experiments/create", "{'name': ''}")
                        .post("experiments/create", "{'name': ' '}")
                        .differsFrom("3.17.2", "It takes a name of blanks.")
                        .post("experiments/create", "{}")
                        .sameText()
                        .post("experiments/create", "{'name': null}")
                        .post("experiments/create", "{'name': 7}")
                        .sameText()
                        .post("experiments/create", "{'name': ['a']}")
                        .post("experiments/create", "{'name': 'Größe / 実験 🧪'}")
                        .get(
                                "experiments/get-by-name?experiment_name=Gr%C3%B6%C3%9Fe%20/%20%E5%AE%9F%E9%A8%93%20%F0%9F%A7%AA")
                        .post("experiments/create", "{'name': '" + "n".repeat(500) + "'}")
                        .post("experiments/create", "{'name': '" + "n".repeat(501) + "'}"),
                scenario("artifact location")
                        .post("experiments/create", "{'name': 'loc-s3', 'artifact_location': 's3://bucket/path'}")
                        .save("exp", "experiment_id")
                        .get("experiments/get?experiment_id=${exp}")
                        .post("experiments/create", "{'name': 'loc-up', 'artifact_location': 's3://bucket/../path'}")
                        .differs("Kiroku takes no location with '..' in it, whatever its scheme.")
                        .post(
                                "experiments/create",
                                "{'name': 'loc-fragment', 'artifact_location': 's3://bucket/path#part'}")
                        .post(
                                "experiments/create",
                                "{'name': 'loc-query', 'artifact_location': 's3://bucket/path?x=1'}"),
                scenario("update")
                        .experiment("to-rename")
                        .post("experiments/update", "{'experiment_id': '${exp}', 'new_name': 'renamed'}")
                        .get("experiments/get?experiment_id=${exp}")
                        .post("experiments/update", "{'experiment_id': '${exp}', 'new_name': 'first'}")
                        .differs("MLflow shows its database's error; Kiroku says that the name is taken.")
                        .post("experiments/update", "{'experiment_id': '${exp}'}")
                        .post("experiments/update", "{'experiment_id': '${exp}', 'new_name': ''}")
                        .post("experiments/update", "{'experiment_id': '987654321', 'new_name': 'x'}")
                        .post("experiments/update", "{'new_name': 'x'}"),
                scenario("delete and restore")
                        .experiment("to-delete")
                        .post("experiments/delete", "{'experiment_id': '${exp}'}")
                        .get("experiments/get?experiment_id=${exp}")
                        .get("experiments/get-by-name?experiment_name=to-delete")
                        .post("experiments/delete", "{'experiment_id': '${exp}'}")
                        .post("experiments/create", "{'name': 'to-delete'}")
                        .post("runs/create", "{'experiment_id': '${exp}'}")
                        .post("experiments/update", "{'experiment_id': '${exp}', 'new_name': 'gone'}")
                        .refused()
                        .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': 'b'}")
                        .post("experiments/restore", "{'experiment_id': '${exp}'}")
                        .post("experiments/restore", "{'experiment_id': '${exp}'}")
                        .get("experiments/get?experiment_id=${exp}")
                        .post("experiments/delete", "{'experiment_id': '987654321'}")
                        .post("experiments/restore", "{'experiment_id': '987654321'}")
                        .post("experiments/delete", "{}"),
                scenario("tags of experiments")
                        .experiment("experiment-tags")
                        .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': '1'}")
                        .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a', 'value': '2'}")
                        .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': '', 'value': '2'}")
                        .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'key': 'b'}")
                        .post("experiments/set-experiment-tag", "{'experiment_id': '${exp}', 'value': 'b'}")
                        .post(
                                "experiments/set-experiment-tag",
                                "{'experiment_id': '${exp}', 'key': '" + "k".repeat(251) + "', 'value': '2'}")
                        .post(
                                "experiments/set-experiment-tag",
                                "{'experiment_id': '${exp}', 'key': 'long', 'value': '" + "v".repeat(20001) + "'}")
                        .post(
                                "experiments/set-experiment-tag",
                                "{'experiment_id': '987654321', 'key': 'a', 'value': '2'}")
                        .post("experiments/delete-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a'}")
                        .post("experiments/delete-experiment-tag", "{'experiment_id': '${exp}', 'key': 'a'}")
                        .post("experiments/delete-experiment-tag", "{'experiment_id': '987654321', 'key': 'a'}")
                        .get("experiments/get?experiment_id=${exp}"));
    }
}
