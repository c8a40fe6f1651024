package dev.kiroku.cli;

import static dev.kiroku.cli.RemoteCommandSupport.formatTime;

import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.core.webhooks.WebhookStore;
import dev.kiroku.model.webhooks.Webhook;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.model.webhooks.WebhookDelivery;
import dev.kiroku.model.webhooks.WebhookEvent;
import dev.kiroku.stores.Stores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code kiroku webhooks …}: who is told of changes, and what came of it. Clients make webhooks through the server, which checks where they lead. */
final class WebhooksCommand {
    private static final int PAGE = 1000;
    private static final String STATE = "--state";
    private static final String LIMIT = "--limit";

    private interface WebhooksHandler {
        void run(WebhookStore webhooks, ParseResult words);
    }

    private final Console console;
    private final RemoteCommandSupport commands;

    WebhooksCommand(Console console) {
        this.console = console;
        this.commands = new RemoteCommandSupport(console);
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("webhooks");
        spec.usageMessage()
                .description("Show webhooks and what was delivered to them.")
                .footer(
                        "",
                        "Webhooks are made with MLflow's client (create_webhook) or its REST API.",
                        "",
                        "Examples:",
                        "  kiroku webhooks list",
                        "  kiroku webhooks deliveries --state failed",
                        "  kiroku webhooks redeliver 7c1f…");
        spec.addOption(Cli.helpOption());
        spec.addSubcommand(
                "list", command("list", "Show all webhooks.", this::list, RemoteCommandSupport.jsonOption()));
        spec.addSubcommand(
                "deliveries",
                command(
                        "deliveries",
                        "Show what was delivered, the newest first.",
                        this::deliveries,
                        RemoteCommandSupport.jsonOption(),
                        PositionalParamSpec.builder()
                                .type(String.class)
                                .index("0")
                                .arity("0..1")
                                .paramLabel("WEBHOOK_ID")
                                .description("Whose. All without it.")
                                .build(),
                        OptionSpec.builder(STATE)
                                .type(WebhookDelivery.State.class)
                                .paramLabel("STATE")
                                .converters(text -> WebhookDelivery.State.valueOf(text.toUpperCase(Locale.ROOT)))
                                .description("Only waiting, delivered or failed ones.")
                                .build(),
                        OptionSpec.builder(LIMIT)
                                .type(int.class)
                                .defaultValue("50")
                                .paramLabel("NUMBER")
                                .description("How many at most, up to 1000. Default: 50.")
                                .build()));
        spec.addSubcommand(
                "redeliver",
                command(
                        "redeliver",
                        "Have a delivery tried again. A running server does it.",
                        this::redeliver,
                        PositionalParamSpec.builder()
                                .type(String.class)
                                .index("0")
                                .arity("1")
                                .required(true)
                                .paramLabel("DELIVERY_ID")
                                .build()));
        return spec;
    }

    private CommandSpec command(String name, String description, WebhooksHandler work, ArgSpec... arguments) {
        CommandHandler action = words -> {
            try (Stores stores = StoreOption.open(words, console)) {
                work.run(stores.webhooks(), words);
            }
            return Cli.SUCCESS;
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action).name(name);
        spec.usageMessage().description(description);
        Arrays.stream(arguments).forEach(spec::add);
        return spec.addOption(StoreOption.spec()).addOption(Cli.helpOption());
    }

    private void list(WebhookStore webhooks, ParseResult words) {
        List<Webhook> all = new ArrayList<>();
        String token = null;
        do {
            var page = webhooks.list(PAGE, token);
            all.addAll(page.items());
            token = page.nextPageToken();
        } while (token != null);
        commands.printResult(words, new WebhookApi.ListWebhooksResponse(all, null), () -> {
            TextTable table = new TextTable("ID", "NAME", "STATUS", "URL", "EVENTS");
            all.forEach(webhook -> table.addRow(
                    webhook.webhookId(),
                    webhook.name(),
                    webhook.status().name().toLowerCase(Locale.ROOT),
                    webhook.url(),
                    Stream.concat(webhook.events().stream().map(WebhookEvent::wireName), webhook.otherEvents().stream())
                            .collect(Collectors.joining(","))));
            table.print(console.out(), console.colors());
        });
    }

    private void deliveries(WebhookStore webhooks, ParseResult words) {
        int limit = words.matchedOptionValue(LIMIT, 50);
        if (limit < 1 || limit > PAGE) {
            throw new UsageException(LIMIT + " must be from 1 to " + PAGE);
        }
        var query = new WebhookApi.SearchDeliveriesRequest(
                words.matchedPositionalValue(0, null), words.matchedOptionValue(STATE, null), null, null);
        List<WebhookDelivery> all = webhooks.searchDeliveries(query, limit).items();
        commands.printResult(words, new WebhookApi.SearchDeliveriesResponse(all, null), () -> {
            TextTable table = new TextTable(
                    "ID", "WEBHOOK", "EVENT", "STATE", "ATTEMPTS", "MADE (UTC)", "NEXT (UTC)", "ANSWER", "ERROR");
            all.forEach(each -> table.addRow(
                    each.deliveryId(),
                    each.webhookName(),
                    each.event(),
                    each.state().name().toLowerCase(Locale.ROOT),
                    each.attempts(),
                    formatTime(each.creationTimestamp()),
                    formatTime(each.nextAttemptTimestamp()),
                    each.responseStatus(),
                    Objects.requireNonNullElse(each.error(), "")));
            table.print(console.out(), console.colors());
        });
    }

    private void redeliver(WebhookStore webhooks, ParseResult words) {
        webhooks.redeliver(words.matchedPositionalValue(0, ""), System.currentTimeMillis());
        console.out().println("Due again.");
    }
}
