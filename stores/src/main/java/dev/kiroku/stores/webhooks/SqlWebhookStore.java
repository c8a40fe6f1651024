package dev.kiroku.stores.webhooks;

import static dev.kiroku.model.KirokuException.notFound;
import static dev.kiroku.model.Strings.abbreviate;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.core.webhooks.WebhookStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.webhooks.Webhook;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.model.webhooks.WebhookDelivery;
import dev.kiroku.model.webhooks.WebhookEvent;
import dev.kiroku.model.webhooks.WebhookStatus;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import dev.kiroku.stores.sql.VisibilityCondition;
import dev.kiroku.stores.sql.VisibilityCondition.ResourceTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks in SQL. A deleted webhook keeps its row, without its secret, so that a concurrent change that queues a
 * message for it does not fail on the foreign key. All reads skip such rows.
 */
public final class SqlWebhookStore implements WebhookStore {
    private static final String WRITE_ORDER_KEY = "webhooks";
    private static final int DISABLED = 0;
    private static final int ACTIVE = 1;
    private static final int DELETED = 2;
    private static final String COLUMNS =
            "select w.webhook_key, w.webhook_id, w.name, w.description, w.url, w.secret, w.active, w.creation_time, w.last_update_time";

    private final Database database;
    private final SqlAuditLog audit;

    /** Creates the store of a database. */
    public SqlWebhookStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    private record WebhookRow(
            long key,
            String id,
            String name,
            @Nullable String description,
            String url,
            @Nullable String secret,
            int active,
            long created,
            long updated) {
        static WebhookRow of(Row row) throws SQLException {
            return new WebhookRow(
                    row.getLong("webhook_key"),
                    row.getString("webhook_id"),
                    row.getString("name"),
                    row.getStringOrNull("description"),
                    row.getString("url"),
                    row.getStringOrNull("secret"),
                    row.getInt("active"),
                    row.getLong("creation_time"),
                    row.getLong("last_update_time"));
        }

        Webhook toWebhook(Set<String> events) {
            return new Webhook(
                    id,
                    name,
                    description,
                    url,
                    events.stream()
                            .filter(event -> !WebhookMessage.KIROKU_EVENTS.contains(event))
                            .map(WebhookEvent::parse)
                            .toList(),
                    active == ACTIVE ? WebhookStatus.ACTIVE : WebhookStatus.DISABLED,
                    created,
                    updated,
                    events.stream()
                            .filter(WebhookMessage.KIROKU_EVENTS::contains)
                            .toList());
        }
    }

    @Override
    public Webhook create(String id, WebhookSettings settings, ChangeContext change) {
        return database.write(WRITE_ORDER_KEY, tx -> {
            tx.update(Sql.of(
                    """
                    insert into webhooks (webhook_id, name, description, url, secret, active, creation_time,
                    last_update_time) values (?, ?, ?, ?, ?, ?, ?, ?)""",
                    id,
                    settings.name(),
                    settings.description(),
                    settings.url(),
                    settings.encryptedSecret(),
                    settings.active() ? ACTIVE : DISABLED,
                    change.timestamp(),
                    change.timestamp()));
            putEvents(tx, require(tx, id).key, settings.events());
            Webhook created = load(tx, id);
            audit.append(tx, AuditEvent.of(change, "webhook.create", subject(id), null, null, created));
            return created;
        });
    }

    @Override
    public Webhook get(String id) {
        return database.read(tx -> load(tx, id));
    }

    @Override
    public WebhookSettings getSettings(String id) {
        return database.read(tx -> {
            WebhookRow row = require(tx, id);
            return new WebhookSettings(
                    row.name, row.description, row.url, events(tx, row.key), row.active == ACTIVE, row.secret);
        });
    }

    @Override
    public Webhook update(String id, WebhookSettings settings, ChangeContext change) {
        return database.write(WRITE_ORDER_KEY, tx -> {
            Webhook before = load(tx, id);
            WebhookRow row = require(tx, id);
            tx.update(Sql.of(
                    """
                    update webhooks set name = ?, description = ?, url = ?, secret = ?, active = ?, last_update_time = ?
                    where webhook_key = ?""",
                    settings.name(),
                    settings.description(),
                    settings.url(),
                    settings.encryptedSecret(),
                    settings.active() ? ACTIVE : DISABLED,
                    change.timestamp(),
                    row.key));
            tx.update(Sql.of("delete from webhook_events where webhook_key = ?", row.key));
            putEvents(tx, row.key, settings.events());
            Webhook after = load(tx, id);
            audit.append(tx, AuditEvent.of(change, "webhook.update", subject(id), null, before, after));
            return after;
        });
    }

    @Override
    public void delete(String id, ChangeContext change) {
        database.run(WRITE_ORDER_KEY, tx -> {
            Webhook before = load(tx, id);
            long key = require(tx, id).key;
            tx.update(Sql.of(
                    "update webhooks set active = ?, secret = null, last_update_time = ? where webhook_key = ?",
                    DELETED,
                    change.timestamp(),
                    key));
            tx.update(Sql.of("delete from webhook_events where webhook_key = ?", key));
            tx.update(Sql.of("delete from webhook_deliveries where webhook_key = ?", key));
            audit.append(tx, AuditEvent.of(change, "webhook.delete", subject(id), null, before, null));
        });
    }

    @Override
    public Page<Webhook> list(VisibleResources visible, int maxResults, @Nullable String pageToken) {
        Keyset newest = new Keyset("webhooks")
                .addKey("w.creation_time", Keyset.ValueType.LONG, false)
                .addKey("w.webhook_key", Keyset.ValueType.LONG, false);
        return database.read(tx -> {
            Page<WebhookRow> page = PageQuery.read(
                    tx,
                    COLUMNS,
                    Sql.of(" from webhooks w where w.active < ? and ", DELETED).add(isVisible(visible)),
                    newest,
                    maxResults,
                    pageToken,
                    WebhookRow::of);
            List<Webhook> webhooks = new ArrayList<>();
            for (WebhookRow row : page.items()) {
                webhooks.add(row.toWebhook(events(tx, row.key)));
            }
            return new Page<>(webhooks, page.nextPageToken());
        });
    }

    @Override
    public List<DueDelivery> claim(Set<Long> except, long now, long until, int limit) {
        Sql oldest = Sql.of("""
                select min(d.delivery_key) as delivery_key from webhook_deliveries d
                join webhooks w on w.webhook_key = d.webhook_key
                where d.state = 0 and d.next_time <= ? and w.active = ?""", now, ACTIVE);
        if (!except.isEmpty()) {
            oldest.add(" and d.webhook_key not in ").addIn(except);
        }
        oldest.add(" group by d.webhook_key limit " + limit);
        // A read first, because most polls find nothing, and a write transaction costs more.
        List<Long> keys = database.read(tx -> tx.queryList(oldest, row -> row.getLong("delivery_key")));
        return keys.isEmpty()
                ? List.of()
                : database.write(WRITE_ORDER_KEY, tx -> {
                    List<DueDelivery> claimed = new ArrayList<>();
                    for (long key : keys) {
                        // Of several servers, only the first finds the delivery still due.
                        int updated = tx.update(Sql.of("""
                                update webhook_deliveries set next_time = ?, attempts = attempts + 1, attempt_time = ?
                                where delivery_key = ? and state = 0 and next_time <= ?""", until, now, key, now));
                        if (updated == 1) {
                            claimed.addAll(tx.queryList(
                                    Sql.of("""
                                            select d.delivery_key, d.webhook_key, d.delivery_id, w.url, w.secret, d.event,
                                            d.body, d.attempts from webhook_deliveries d
                                            join webhooks w on w.webhook_key = d.webhook_key where d.delivery_key = ?""", key),
                                    row -> new DueDelivery(
                                            row.getLong("delivery_key"),
                                            row.getLong("webhook_key"),
                                            row.getString("delivery_id"),
                                            row.getString("url"),
                                            row.getStringOrNull("secret"),
                                            row.getString("event"),
                                            row.getString("body"),
                                            row.getLong("attempts"))));
                        }
                    }
                    return claimed;
                });
    }

    @Override
    public void complete(long key, DeliveryResult result, long now) {
        database.write(
                WRITE_ORDER_KEY,
                tx -> tx.update(Sql.of(
                        """
                        update webhook_deliveries set state = ?, next_time = ?, attempt_time = ?, response_status = ?,
                        error = ? where delivery_key = ?""",
                        StoredEnums.DELIVERY_STATE.encode(result.state()),
                        result.nextAttempt() == null ? 0 : result.nextAttempt(),
                        now,
                        result.status(),
                        result.error(),
                        key)));
    }

    @Override
    public Page<WebhookDelivery> searchDeliveries(
            WebhookApi.SearchDeliveriesRequest query, VisibleResources visible, int maxResults) {
        Sql where = Sql.of(
                        " from webhook_deliveries d join webhooks w on w.webhook_key = d.webhook_key where w.active < ? and ",
                        DELETED)
                .add(isVisible(visible));
        if (query.webhookId() != null && !query.webhookId().isEmpty()) {
            where.add(" and w.webhook_id = ?", query.webhookId());
        }
        if (query.state() != null) {
            where.add(" and d.state = ?", StoredEnums.DELIVERY_STATE.encode(query.state()));
        }
        Keyset newest = new Keyset("deliveries " + query.webhookId() + query.state())
                .addKey("d.delivery_key", Keyset.ValueType.LONG, false);
        return database.read(
                tx -> PageQuery.read(tx, """
                select d.delivery_id, w.webhook_id, w.name, d.event, d.state, d.attempts, d.creation_time, d.next_time,
                d.attempt_time, d.response_status, d.error""", where, newest, maxResults, query.pageToken(), SqlWebhookStore::delivery));
    }

    private Sql isVisible(VisibleResources visible) {
        return VisibilityCondition.of(visible, ResourceTable.WEBHOOKS, "w.webhook_key", database.dialect());
    }

    private static WebhookDelivery delivery(Row row) throws SQLException {
        var state = row.get("state", StoredEnums.DELIVERY_STATE);
        return new WebhookDelivery(
                row.getString("delivery_id"),
                row.getString("webhook_id"),
                row.getString("name"),
                row.getString("event"),
                state,
                row.getLong("attempts"),
                row.getLong("creation_time"),
                state == WebhookDelivery.State.WAITING ? row.getLong("next_time") : null,
                row.getLongOrNull("attempt_time"),
                row.getLongOrNull("response_status"),
                row.getStringOrNull("error"));
    }

    @Override
    public void redeliver(String deliveryId, long now) {
        database.run(WRITE_ORDER_KEY, tx -> {
            int found = tx.update(Sql.of(
                    "update webhook_deliveries set state = 0, attempts = 0, next_time = ? where delivery_id = ?",
                    now,
                    deliveryId));
            if (found == 0) {
                throw notFound("Webhook delivery with id '%s' not found.", deliveryId);
            }
        });
    }

    @Override
    public void deleteCompletedBefore(long time) {
        database.write(
                WRITE_ORDER_KEY,
                tx -> tx.update(Sql.of("delete from webhook_deliveries where state > 0 and creation_time < ?", time)));
    }

    private static void putEvents(Transaction tx, long key, Set<String> events) throws SQLException {
        tx.batch(
                "insert into webhook_events (webhook_key, event) values (?, ?)",
                events.stream()
                        .map(event -> new @Nullable Object[] {key, event})
                        .toList());
    }

    private static Set<String> events(Transaction tx, long key) throws SQLException {
        return new LinkedHashSet<>(tx.queryList(
                Sql.of("select event from webhook_events where webhook_key = ? order by event", key),
                row -> row.getString("event")));
    }

    private static Webhook load(Transaction tx, String id) throws SQLException {
        WebhookRow row = require(tx, id);
        return row.toWebhook(events(tx, row.key));
    }

    private static WebhookRow require(Transaction tx, String id) throws SQLException {
        return tx.queryFirst(
                        Sql.of(COLUMNS + " from webhooks w where w.webhook_id = ? and w.active < ?", id, DELETED),
                        WebhookRow::of)
                .orElseThrow(() -> webhookNotFound(id));
    }

    private static KirokuException webhookNotFound(String id) {
        return notFound("Webhook with ID %s not found.", abbreviate(id, 60));
    }

    private static String subject(String id) {
        return "webhooks:/" + id;
    }
}
