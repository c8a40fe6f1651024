package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.RemoteCommandSupport.formatTime;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.cli.remote.TextTable;
import dev.kiroku.core.webhooks.WebhookStore;
import dev.kiroku.model.access.VisibleResources;
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
import picocli.CommandLine.ParseResult;

/** {@code kiroku webhooks …}: lists webhooks and their deliveries. Clients create webhooks through the server, which validates their URLs. */
final class WebhooksCommand {
    private static final int PAGE = 1000;
    private static final String STATE = "--state";
    private static final String LIMIT = "--limit";

    private interface WebhooksHandler {
        void run(WebhookStore webhooks, ParseResult arguments);
    }

    private final CommandContext context;
    private final RemoteCommandSupport commands;

    WebhooksCommand(CommandContext context) {
        this.context = context;
        this.commands = new RemoteCommandSupport(context);
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("webhooks");
        spec.usageMessage()
                .description("Show webhooks and their deliveries.")
                .footer(
                        "",
                        "Webhooks are created with MLflow's client (create_webhook) or its REST API.",
                        "",
                        "Examples:",
                        "  kiroku webhooks list",
                        "  kiroku webhooks deliveries --state failed",
                        "  kiroku webhooks redeliver 7c1f…");
        spec.addOption(CommandOptions.help());
        spec.addSubcommand(
                "list", command("list", "List the webhooks.", this::list, RemoteCommandSupport.jsonOption()));
        spec.addSubcommand(
                "deliveries",
                command(
                        "deliveries",
                        "List deliveries, newest first.",
                        this::deliveries,
                        RemoteCommandSupport.jsonOption(),
                        CommandOptions.optionalPositional(0, "WEBHOOK_ID", "Only for this webhook."),
                        OptionSpec.builder(STATE)
                                .type(WebhookDelivery.State.class)
                                .paramLabel("STATE")
                                .converters(text -> WebhookDelivery.State.valueOf(text.toUpperCase(Locale.ROOT)))
                                .description("Only deliveries in this state: waiting, delivered or failed.")
                                .build(),
                        OptionSpec.builder(LIMIT)
                                .type(int.class)
                                .defaultValue("50")
                                .paramLabel("NUMBER")
                                .description("The most deliveries to list, up to 1000. Default: 50.")
                                .build()));
        spec.addSubcommand(
                "redeliver",
                command(
                        "redeliver",
                        "Schedule a delivery again. A running server sends it.",
                        this::redeliver,
                        CommandOptions.positional(0, "DELIVERY_ID")));
        return spec;
    }

    private CommandSpec command(String name, String description, WebhooksHandler handler, ArgSpec... parameters) {
        CommandHandler command = arguments -> {
            try (Stores stores = StoreOption.open(arguments, context)) {
                handler.run(stores.webhooks(), arguments);
            }
            return ExitStatus.SUCCESS;
        };
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name(name);
        spec.usageMessage().description(description);
        Arrays.stream(parameters).forEach(spec::add);
        return spec.addOption(StoreOption.spec()).addOption(CommandOptions.help());
    }

    private void list(WebhookStore webhooks, ParseResult arguments) {
        List<Webhook> all = new ArrayList<>();
        String token = null;
        do {
            var page = webhooks.list(VisibleResources.ALL, PAGE, token);
            all.addAll(page.items());
            token = page.nextPageToken();
        } while (token != null);
        commands.printResult(arguments, new WebhookApi.ListWebhooksResponse(all, null), () -> {
            TextTable table = new TextTable("ID", "NAME", "STATUS", "URL", "EVENTS");
            all.forEach(webhook -> table.addRow(
                    webhook.webhookId(),
                    webhook.name(),
                    webhook.status().name().toLowerCase(Locale.ROOT),
                    webhook.url(),
                    Stream.concat(webhook.events().stream().map(WebhookEvent::wireName), webhook.otherEvents().stream())
                            .collect(Collectors.joining(","))));
            table.print(context.out(), context.colors());
        });
    }

    private void deliveries(WebhookStore webhooks, ParseResult arguments) {
        int limit = arguments.matchedOptionValue(LIMIT, 50);
        if (limit < 1 || limit > PAGE) {
            throw new UsageException(LIMIT + " must be from 1 to " + PAGE);
        }
        var query = new WebhookApi.SearchDeliveriesRequest(
                arguments.matchedPositionalValue(0, null), arguments.matchedOptionValue(STATE, null), null, null);
        List<WebhookDelivery> all =
                webhooks.searchDeliveries(query, VisibleResources.ALL, limit).items();
        commands.printResult(arguments, new WebhookApi.SearchDeliveriesResponse(all, null), () -> {
            TextTable table = new TextTable(
                    "ID", "WEBHOOK", "EVENT", "STATE", "ATTEMPTS", "CREATED (UTC)", "NEXT (UTC)", "RESPONSE", "ERROR");
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
            table.print(context.out(), context.colors());
        });
    }

    private void redeliver(WebhookStore webhooks, ParseResult arguments) {
        webhooks.redeliver(arguments.matchedPositionalValue(0, ""), System.currentTimeMillis());
        context.out().println("Scheduled for delivery.");
    }
}
