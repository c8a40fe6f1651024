package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Webhooks, without deliveries: what is stored, and what is rejected. */
public final class WebhookCases {
    private static final String CREATED = "{'entity': 'MODEL_VERSION', 'action': 'CREATED'}";

    private WebhookCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                scenario("registry, webhooks")
                        .get("webhooks")
                        .post(
                                "webhooks",
                                "{'name': 'first', 'url': 'https://1.1.1.1/hook', 'events': [" + CREATED + "]}")
                        .save("w", "webhook.webhook_id")
                        .get("webhooks/${w}")
                        .post(
                                "webhooks",
                                "{'name': 'second.hook', 'description': 'about', 'url': 'https://1.1.1.1/hook?a=1', 'secret': 's', 'status': 'DISABLED',"
                                        + " 'events': [{'entity': 'PROMPT', 'action': 'CREATED'}, {'entity': 'MODEL_VERSION_TAG', 'action': 'SET'}]}")
                        .save("second", "webhook.webhook_id")
                        .get("webhooks")
                        .get("webhooks?max_results=1")
                        .save("next", "next_page_token")
                        .get("webhooks?max_results=1&page_token=${next}")
                        .get("webhooks?max_results=1001")
                        .get("webhooks?max_results=-1")
                        .patch("webhooks/${w}", "{'name': 'renamed'}")
                        .patch("webhooks/${w}", "{'description': 'more', 'status': 'DISABLED'}")
                        .patch(
                                "webhooks/${w}",
                                "{'url': 'https://8.8.8.8/other', 'events': [{'entity': 'PROMPT_ALIAS', 'action': 'DELETED'}]}")
                        .patch("webhooks/${w}", "{'description': ''}")
                        .patch("webhooks/${w}", "{'name': '-'}")
                        .patch("webhooks/${w}", "{'url': 'https://127.0.0.1/'}")
                        .patch("webhooks/${w}", "{'url': 'http://8.8.8.8/'}")
                        .patch("webhooks/${w}", "{'status': 'SLEEPING'}")
                        .stricter()
                        .get("webhooks/${w}")
                        .patch("webhooks/nobody", "{'name': 'x'}")
                        .sameText()
                        .get("webhooks/nobody")
                        .sameText()
                        .delete("webhooks/${w}")
                        .delete("webhooks/${w}")
                        .get("webhooks/${w}")
                        .get("webhooks"),
                scenario("registry, webhooks that are refused")
                        .post("webhooks", "{'url': 'https://1.1.1.1/', 'events': [" + CREATED + "]}")
                        .post("webhooks", "{'name': 'x', 'events': [" + CREATED + "]}")
                        .post("webhooks", "{'name': 'x', 'url': 'https://1.1.1.1/'}")
                        .post("webhooks", "{'name': 'x', 'url': 'https://1.1.1.1/', 'events': []}")
                        .post(
                                "webhooks",
                                "{'name': 'x', 'url': 'https://1.1.1.1/', 'events': [{'entity': 'REGISTERED_MODEL', 'action': 'DELETED'}]}")
                        .post(
                                "webhooks",
                                "{'name': 'x', 'url': 'https://1.1.1.1/', 'events': [{'entity': 'WEATHER', 'action': 'CREATED'}]}")
                        .refused()
                        .post(
                                "webhooks",
                                "{'name': 'x', 'url': 'https://1.1.1.1/', 'events': ['model_version.created']}")
                        .refused()
                        .post(
                                "webhooks",
                                "{'name': 'has space', 'url': 'https://1.1.1.1/', 'events': [" + CREATED + "]}")
                        .post(
                                "webhooks",
                                "{'name': '" + "n".repeat(64) + "', 'url': 'https://1.1.1.1/', 'events': [" + CREATED
                                        + "]}")
                        .post("webhooks", "{'name': 'x', 'url': '', 'events': [" + CREATED + "]}")
                        .post("webhooks", "{'name': 'x', 'url': 'nonsense', 'events': [" + CREATED + "]}")
                        .post("webhooks", "{'name': 'x', 'url': 'http://1.1.1.1/', 'events': [" + CREATED + "]}")
                        .sameText()
                        .post("webhooks", "{'name': 'x', 'url': 'ftp://1.1.1.1/', 'events': [" + CREATED + "]}")
                        .post("webhooks", "{'name': 'x', 'url': 'https:///x', 'events': [" + CREATED + "]}")
                        .post("webhooks", "{'name': 'x', 'url': 'https://127.0.0.1/', 'events': [" + CREATED + "]}")
                        .post("webhooks", "{'name': 'x', 'url': 'https://[::1]/', 'events': [" + CREATED + "]}")
                        .post(
                                "webhooks",
                                "{'name': 'x', 'url': 'https://169.254.169.254/', 'events': [" + CREATED + "]}")
                        .post(
                                "webhooks",
                                "{'name': 'x', 'url': 'https://[::ffff:10.0.0.1]/', 'events': [" + CREATED + "]}")
                        .post("webhooks/nobody/test", "{}")
                        .sameText());
    }
}
