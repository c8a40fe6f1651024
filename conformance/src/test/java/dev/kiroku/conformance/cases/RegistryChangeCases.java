package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Changes of the model registry. */
public final class RegistryChangeCases {
    private RegistryChangeCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(describing(), tags(), aliases(), stages(), renaming(), deleting(), latest(), prompts());
    }

    private static ConformanceScenario describing() {
        return scenario("registry, descriptions of models and versions")
                .post("registered-models/create", "{'name': 'described'}")
                .patch("registered-models/update", "{'name': 'described', 'description': 'one'}")
                .get("registered-models/get?name=described")
                .patch("registered-models/update", "{'name': 'described', 'description': ''}")
                .get("registered-models/get?name=described")
                .patch("registered-models/update", "{'name': 'described'}")
                .patch("registered-models/update", "{'name': 'nobody', 'description': 'x'}")
                .sameText()
                .patch("registered-models/update", "{'description': 'x'}")
                .patch("registered-models/update", "{'name': 'described', 'description': 5}")
                .post(
                        "model-versions/create",
                        "{'name': 'described', 'source': 's3://b/m', 'description': '日本語 ✓', 'run_link': 'https://e/r'}")
                .patch("model-versions/update", "{'name': 'described', 'version': '1', 'description': 'two\\nlines'}")
                .get("model-versions/get?name=described&version=1")
                .patch("model-versions/update", "{'name': 'described', 'version': '1', 'description': ''}")
                .patch("model-versions/update", "{'name': 'described', 'version': '2', 'description': 'x'}")
                .sameText()
                .patch("model-versions/update", "{'name': 'described', 'version': 'x', 'description': 'x'}")
                .patch("model-versions/update", "{'name': 'described', 'description': 'x'}");
    }

    private static ConformanceScenario tags() {
        return scenario("registry, tags of models and versions")
                .post(
                        "registered-models/create",
                        "{'name': 'tagged', 'tags': [{'key': 'a', 'value': '1'}, {'key': 'a', 'value': '2'}, {'key': 'b'}]}")
                .get("registered-models/get?name=tagged")
                .post("registered-models/set-tag", "{'name': 'tagged', 'key': 'a', 'value': '3'}")
                .post("registered-models/set-tag", "{'name': 'tagged', 'key': 'none'}")
                .post("registered-models/set-tag", "{'name': 'tagged', 'key': 'empty', 'value': ''}")
                .post("registered-models/set-tag", "{'name': 'tagged', 'key': '', 'value': 'x'}")
                .post("registered-models/set-tag", "{'name': 'tagged', 'value': 'x'}")
                .post("registered-models/set-tag", "{'name': 'nobody', 'key': 'a', 'value': 'x'}")
                .sameText()
                .post("registered-models/set-tag", "{'name': 'tagged', 'key': '" + "k".repeat(251) + "', 'value': 'x'}")
                .post("registered-models/set-tag", "{'name': 'tagged', 'key': '" + "k".repeat(250) + "', 'value': 'x'}")
                .post(
                        "registered-models/set-tag",
                        "{'name': 'tagged', 'key': 'long', 'value': '" + "v".repeat(100_001) + "'}")
                .delete("registered-models/delete-tag", "{'name': 'tagged', 'key': '" + "k".repeat(250) + "'}")
                .get("registered-models/get?name=tagged")
                .delete("registered-models/delete-tag", "{'name': 'tagged', 'key': 'a'}")
                .delete("registered-models/delete-tag", "{'name': 'tagged', 'key': 'a'}")
                .delete("registered-models/delete-tag", "{'name': 'nobody', 'key': 'a'}")
                .sameText()
                .delete("registered-models/delete-tag", "{'name': 'tagged'}")
                .get("registered-models/get?name=tagged")
                .post(
                        "model-versions/create",
                        "{'name': 'tagged', 'source': 's3://b/m', 'tags': [{'key': 'x', 'value': '1'}, {'key': 'x', 'value': '2'}]}")
                .post("model-versions/set-tag", "{'name': 'tagged', 'version': '1', 'key': 'y', 'value': '2'}")
                .post("model-versions/set-tag", "{'name': 'tagged', 'version': '1', 'key': 'x', 'value': '5'}")
                .post("model-versions/set-tag", "{'name': 'tagged', 'version': '7', 'key': 'x', 'value': '5'}")
                .sameText()
                .post("model-versions/set-tag", "{'name': 'tagged', 'version': 'one', 'key': 'x', 'value': '5'}")
                .post("model-versions/set-tag", "{'name': 'tagged', 'key': 'x', 'value': '5'}")
                .post("model-versions/set-tag", "{'name': 'tagged', 'version': '1', 'key': 'x', 'value': 5}")
                .get("model-versions/get?name=tagged&version=1")
                .delete("model-versions/delete-tag", "{'name': 'tagged', 'version': '1', 'key': 'x'}")
                .delete("model-versions/delete-tag", "{'name': 'tagged', 'version': '1', 'key': 'x'}")
                .delete("model-versions/delete-tag", "{'name': 'tagged', 'version': '9', 'key': 'x'}")
                .sameText()
                .delete("model-versions/delete-tag", "{'name': 'tagged', 'version': '1'}")
                .get("model-versions/get?name=tagged&version=1");
    }

    private static ConformanceScenario aliases() {
        return scenario("registry, aliases")
                .post("registered-models/create", "{'name': 'aliased'}")
                .post("model-versions/create", "{'name': 'aliased', 'source': 's3://b/1'}")
                .post("model-versions/create", "{'name': 'aliased', 'source': 's3://b/2'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'Champion_1-a', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'other', 'version': '1'}")
                .get("model-versions/get?name=aliased&version=1")
                .get("registered-models/alias?name=aliased&alias=champion_1-a")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'with space', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'with/slash', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'Latest', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'V12', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'v1x', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': '12', 'version': '1'}")
                .post(
                        "registered-models/alias",
                        "{'name': 'aliased', 'alias': '" + "a".repeat(256) + "', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': '', 'version': '1'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'x', 'version': 'one'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'x'}")
                .post("registered-models/alias", "{'name': 'nobody', 'alias': 'x', 'version': '1'}")
                .get("registered-models/alias?name=nobody&alias=x")
                .get("registered-models/alias?name=aliased&alias=latest")
                .get("registered-models/alias?name=aliased")
                .delete("registered-models/alias", "{'name': 'aliased', 'alias': 'other'}")
                .delete("registered-models/alias", "{'name': 'aliased', 'alias': 'other'}")
                .delete("registered-models/alias", "{'name': 'nobody', 'alias': 'other'}")
                .delete("registered-models/alias", "{'name': 'aliased'}")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'gone', 'version': '2'}")
                .delete("model-versions/delete", "{'name': 'aliased', 'version': '2'}")
                .get("registered-models/alias?name=aliased&alias=gone")
                .post("registered-models/alias", "{'name': 'aliased', 'alias': 'gone', 'version': '2'}")
                .get("registered-models/get?name=aliased");
    }

    private static ConformanceScenario stages() {
        return scenario("registry, stages")
                .post("registered-models/create", "{'name': 'staged'}")
                .post("model-versions/create", "{'name': 'staged', 'source': 's3://b/1'}")
                .post("model-versions/create", "{'name': 'staged', 'source': 's3://b/2'}")
                .post("model-versions/create", "{'name': 'staged', 'source': 's3://b/3'}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '1', 'stage': 'Staging', 'archive_existing_versions': false}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '1', 'stage': 'production', 'archive_existing_versions': false}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '2', 'stage': 'PRODUCTION', 'archive_existing_versions': true}")
                .get("model-versions/get?name=staged&version=1")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '3', 'stage': 'Archived', 'archive_existing_versions': true}")
                .refused()
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '3', 'stage': 'None', 'archive_existing_versions': true}")
                .refused()
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '3', 'stage': 'Nowhere', 'archive_existing_versions': false}")
                .post("model-versions/transition-stage", "{'name': 'staged', 'version': '3', 'stage': 'Staging'}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '9', 'stage': 'Staging', 'archive_existing_versions': false}")
                .sameText()
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '3', 'archive_existing_versions': false}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'staged', 'version': '3', 'stage': 'Staging', 'archive_existing_versions': 'perhaps'}")
                .get("registered-models/get?name=staged")
                .get("model-versions/search?filter=name%3D%27staged%27&order_by=version_number%20ASC");
    }

    private static ConformanceScenario latest() {
        return scenario("registry, latest versions")
                .post("registered-models/create", "{'name': 'newest'}")
                .post("registered-models/get-latest-versions", "{'name': 'newest'}")
                .get("registered-models/alias?name=newest&alias=latest")
                .post("model-versions/create", "{'name': 'newest', 'source': 's3://b/1'}")
                .post("model-versions/create", "{'name': 'newest', 'source': 's3://b/2'}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'newest', 'version': '1', 'stage': 'Staging', 'archive_existing_versions': false}")
                .post("registered-models/get-latest-versions", "{'name': 'newest'}")
                .post("registered-models/get-latest-versions", "{'name': 'newest', 'stages': ['staging']}")
                .post("registered-models/get-latest-versions", "{'name': 'newest', 'stages': ['Production']}")
                .post("registered-models/get-latest-versions", "{'name': 'newest', 'stages': ['Nowhere']}")
                .get("registered-models/get-latest-versions?name=newest&stages=None&stages=Staging")
                .post("registered-models/get-latest-versions", "{'name': 'nobody'}")
                .sameText()
                .post("registered-models/get-latest-versions", "{}");
    }

    private static ConformanceScenario renaming() {
        return scenario("registry, renaming")
                .post("registered-models/create", "{'name': 'before', 'tags': [{'key': 'k', 'value': 'v'}]}")
                .post("registered-models/create", "{'name': 'taken'}")
                .post(
                        "model-versions/create",
                        "{'name': 'before', 'source': 's3://b/1', 'tags': [{'key': 'k', 'value': 'v'}]}")
                .post("registered-models/alias", "{'name': 'before', 'alias': 'a', 'version': '1'}")
                .post("registered-models/rename", "{'name': 'before', 'new_name': 'after'}")
                .get("registered-models/get?name=before")
                .get("registered-models/get?name=after")
                .get("model-versions/get?name=after&version=1")
                .get("registered-models/alias?name=after&alias=a")
                .get("model-versions/search?filter=name%3D%27after%27")
                .post("registered-models/rename", "{'name': 'after', 'new_name': 'taken'}")
                .post("registered-models/rename", "{'name': 'after', 'new_name': 'a/b'}")
                .post("registered-models/rename", "{'name': 'after', 'new_name': ''}")
                .post("registered-models/rename", "{'name': 'after'}")
                .post("registered-models/rename", "{'name': 'nobody', 'new_name': 'x'}")
                .post("registered-models/create", "{'name': 'before'}")
                .post("model-versions/create", "{'name': 'after', 'source': 's3://b/2'}");
    }

    private static ConformanceScenario deleting() {
        return scenario("registry, deleting")
                .post("registered-models/create", "{'name': 'doomed'}")
                .post("model-versions/create", "{'name': 'doomed', 'source': 's3://b/1'}")
                .post("model-versions/create", "{'name': 'doomed', 'source': 's3://b/2'}")
                .delete("model-versions/delete", "{'name': 'doomed', 'version': '2'}")
                .get("model-versions/get?name=doomed&version=2")
                .sameText()
                .get("model-versions/get-download-uri?name=doomed&version=2")
                .delete("model-versions/delete", "{'name': 'doomed', 'version': '2'}")
                .sameText()
                .delete("model-versions/delete", "{'name': 'doomed', 'version': 'two'}")
                .delete("model-versions/delete", "{'name': 'doomed'}")
                .post("model-versions/set-tag", "{'name': 'doomed', 'version': '2', 'key': 'x', 'value': '5'}")
                .post(
                        "model-versions/transition-stage",
                        "{'name': 'doomed', 'version': '2', 'stage': 'Staging', 'archive_existing_versions': false}")
                .post("model-versions/create", "{'name': 'doomed', 'source': 's3://b/3'}")
                .get("model-versions/search?filter=name%3D%27doomed%27")
                .delete("registered-models/delete", "{'name': 'doomed'}")
                .get("registered-models/get?name=doomed")
                .sameText()
                .get("model-versions/get?name=doomed&version=1")
                .get("model-versions/search?filter=name%3D%27doomed%27")
                .delete("registered-models/delete", "{'name': 'doomed'}")
                .sameText()
                .delete("registered-models/delete", "{}")
                .post("registered-models/create", "{'name': 'doomed'}")
                .post("model-versions/create", "{'name': 'doomed', 'source': 's3://b/1'}");
    }

    private static ConformanceScenario prompts() {
        String prompt = "{'key': 'mlflow.prompt.is_prompt', 'value': 'true'}";
        return scenario("registry, prompts are models that only who asks for them sees")
                .post("registered-models/create", "{'name': 'greeting', 'tags': [" + prompt + "]}")
                .post("registered-models/create", "{'name': 'greeting'}")
                .post(
                        "model-versions/create",
                        "{'name': 'greeting', 'source': 'dummy-source', 'tags': [" + prompt
                                + ", {'key': 'mlflow.prompt.text', 'value': 'Hello {{you}}'}]}")
                .post("model-versions/create", "{'name': 'greeting', 'source': 's3://b/m', 'tags': [" + prompt + "]}")
                .post(
                        "model-versions/create",
                        "{'name': 'greeting', 'source': 'file:///etc/passwd', 'tags': [" + prompt + "]}")
                .get("registered-models/get?name=greeting")
                .get("model-versions/get?name=greeting&version=1")
                .get("registered-models/search?filter=name%3D%27greeting%27")
                .get(
                        "registered-models/search?filter=name%3D%27greeting%27%20AND%20tags.%60mlflow.prompt.is_prompt%60%20%3D%20%27true%27")
                .get(
                        "registered-models/search?filter=name%3D%27greeting%27%20AND%20tags.%60mlflow.prompt.is_prompt%60%20%3D%20%27false%27")
                .get("model-versions/search?filter=name%3D%27greeting%27")
                .get(
                        "model-versions/search?filter=name%3D%27greeting%27%20AND%20tags.%60mlflow.prompt.is_prompt%60%20%3D%20%27true%27")
                .post("registered-models/alias", "{'name': 'greeting', 'alias': 'production', 'version': '1'}")
                .get("registered-models/alias?name=greeting&alias=production")
                .post("registered-models/create", "{'name': 'plain'}")
                .post("model-versions/create", "{'name': 'plain', 'source': 'models:/greeting/1'}")
                .delete("registered-models/delete", "{'name': 'greeting'}");
    }
}
