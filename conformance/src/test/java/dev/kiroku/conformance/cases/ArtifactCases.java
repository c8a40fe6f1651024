package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Proxied artifacts, and paths that try to escape the root. */
public final class ArtifactCases {
    private static final String PROXY = "/api/2.0/mlflow-artifacts/artifacts";

    private ArtifactCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(files(), runFiles(), filesOfPages(), escapes());
    }

    private static ConformanceScenario files() {
        return scenario("files through the proxy")
                .put(PROXY + "/box/a.txt", "hello")
                .put(PROXY + "/box/sub/b.json", "{\"b\": 1}")
                .put(PROXY + "/box/empty", "")
                .put(PROXY + "/box/with%20space%20%C3%BC.txt", "named")
                .get(PROXY + "/box/a.txt")
                .get(PROXY + "/box/with%20space%20%C3%BC.txt")
                .get(PROXY + "/box/nothing")
                .get(PROXY + "?path=box")
                .differs("MLflow leaves the size of an empty file out; Kiroku says 0.")
                .get(PROXY + "?path=box/sub")
                .get(PROXY + "?path=box/a.txt")
                .get(PROXY + "?path=nothing")
                .put(PROXY + "/box/a.txt", "hello again")
                .get("/ajax-api/2.0/mlflow-artifacts/artifacts/box/a.txt")
                .delete(PROXY + "/box/a.txt")
                .get(PROXY + "/box/a.txt")
                .delete(PROXY + "/box/nothing")
                .delete(PROXY + "/box")
                .get(PROXY + "?path=box");
    }

    private static ConformanceScenario runFiles() {
        return scenario("files of a run")
                .experiment("artifacts")
                .run("run", 5)
                .get("artifacts/list?run_id=${run}")
                .put(PROXY + "/${exp}/${run}/artifacts/a.txt", "hello")
                .put(PROXY + "/${exp}/${run}/artifacts/dir/b.txt", "hello b")
                .get("artifacts/list?run_id=${run}")
                .get("artifacts/list?run_uuid=${run}")
                .get("artifacts/list?run_id=${run}&path=dir")
                .get("artifacts/list?run_id=${run}&path=nothing")
                .get("artifacts/list?run_id=${run}&path=a.txt")
                .get("artifacts/list?run_id=${run}&path=../..")
                .get("artifacts/list?run_id=${run}&path=/etc")
                .get("artifacts/list")
                .get("/get-artifact?run_id=${run}&path=a.txt")
                .get("/get-artifact?run_id=${run}&path=nothing.txt")
                .get("/get-artifact?run_id=${run}&path=../../../../etc/passwd")
                .get("/get-artifact?run_id=${run}")
                .get("/get-artifact?path=a.txt")
                .differs("MLflow looks for a run named None; Kiroku says that run_id is missing.");
    }

    /** What MLflow 3.18.0 has added, which 3.17.2 does not know. */
    private static ConformanceScenario filesOfPages() {
        String upload = "/ajax-api/2.0/mlflow/upload-artifact?path=chart.json&run_";
        return scenario("files that pages send and show")
                .experiment("page-artifacts")
                .run("run", 5)
                .save("place", "run.info.artifact_uri")
                .raw("POST", upload + "uuid=${run}", "{}")
                .raw("POST", upload + "id=${run}", "{}")
                .differsFrom("3.17.2", "It knows the run by its older name only.")
                .raw("POST", upload + "id=", "{}")
                .raw("POST", upload + "id=${run}x", "{}")
                .differsFrom("3.17.2", "It knows the run by its older name only.")
                .get("/get-artifact?run_id=${run}&path=chart.json")
                .post("registered-models/create", "{'name': 'page-artifacts'}")
                .post("model-versions/create", "{'name': 'page-artifacts', 'source': '${place}', 'run_id': '${run}'}")
                .get("/model-versions/get-artifact?name=page-artifacts&version=1&path=chart.json&presigned=false")
                .get("/model-versions/get-artifact?name=page-artifacts&version=1&path=chart.json&presigned=true")
                .differsFrom("3.17.2", "It does not know the parameter, and sends the bytes.")
                .post("logged-models", "{'experiment_id': '${exp}', 'name': 'page'}")
                .save("model", "model.info.model_id")
                .put(PROXY + "/${exp}/models/${model}/artifacts/a.txt", "of a model")
                .get("/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files?artifact_file_path=a.txt")
                .get(
                        "/ajax-api/2.0/mlflow/logged-models/${model}/artifacts/files?artifact_file_path=a.txt&presigned=true")
                .differsFrom("3.17.2", "It does not know the parameter, and sends the bytes.");
    }

    private static ConformanceScenario escapes() {
        return scenario("ways out of the root")
                .get(PROXY + "/%2E%2E/%2E%2E/etc/passwd")
                .get(PROXY + "/box/..%2F..%2Fetc%2Fpasswd")
                .get(PROXY + "/%252E%252E%252Fetc")
                .get(PROXY + "/%2Fetc%2Fpasswd")
                .get(PROXY + "/..%5C..%5Cetc")
                .differs("MLflow looks for it and finds nothing; Kiroku refuses such a path before it looks.")
                .get(PROXY + "/C:%5Cwindows")
                .get(PROXY + "/file:%2F%2F%2Fetc%2Fpasswd")
                .get(PROXY + "/box/a%00b")
                .differs("MLflow looks for it and finds nothing; Kiroku refuses such a path before it looks.")
                .get(PROXY + "?path=../..")
                .get(PROXY + "?path=%2Fetc")
                .get(PROXY + "?path=%252E%252E%252F")
                .put(PROXY + "/%2E%2E/out.txt", "out")
                .put(PROXY + "/box/%2E%2E%2F%2E%2E%2Fout.txt", "out")
                .delete(PROXY + "/%2E%2E/%2E%2E/tmp");
    }
}
