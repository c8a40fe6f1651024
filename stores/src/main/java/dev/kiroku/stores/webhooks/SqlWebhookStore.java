package dev.kiroku.stores.webhooks;

import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.Change;
import dev.kiroku.core.audit.Draft;
import dev.kiroku.core.webhooks.Event;
import dev.kiroku.core.webhooks.WebhookStore;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Page;
import dev.kiroku.model.webhooks.Webhook;
import dev.kiroku.model.webhooks.WebhookApi;
import dev.kiroku.model.webhooks.WebhookDelivery;
import dev.kiroku.model.webhooks.WebhookEvent;
import dev.kiroku.model.webhooks.WebhookStatus;
import dev.kiroku.stores.audit.SqlAuditLog;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.Pages;
import dev.kiroku.stores.sql.Sql;
import dev.kiroku.stores.sql.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Webhooks in SQL. A deleted one keeps its row, so that a change that is about to tell it something is not refused for it; nothing finds it
 * any more, and its secret is gone.
 */
public final class SqlWebhookStore implements WebhookStore {
    private static final String LANE = "webhooks";
    private static final int DISABLED = 0;
    private static final int ACTIVE = 1;
    private static final int DELETED = 2;
    private static final String COLUMNS =
            "select w.webhook_key, w.webhook_id, w.name, w.description, w.url, w.secret, w.active, w.creation_time, w.last_update_time";

    private final Database database;
    private final SqlAuditLog audit;

    public SqlWebhookStore(Database database, SqlAuditLog audit) {
        this.database = database;
        this.audit = audit;
    }

    private record Row(
            long key,
            String id,
            String name,
            String description,
            String url,
            String secret,
            int active,
            long created,
            long updated) {
        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getInt(7),
                    row.getLong(8),
                    row.getLong(9));
        }

        Webhook with(Set<String> events) {
            return new Webhook(
                    id,
                    name,
                    description,
                    url,
                    events.stream()
                            .filter(event -> !Event.OTHERS.contains(event))
                            .map(WebhookEvent::of)
                            .toList(),
                    active == ACTIVE ? WebhookStatus.ACTIVE : WebhookStatus.DISABLED,
                    created,
                    updated,
                    events.stream().filter(Event.OTHERS::contains).toList());
        }
    }

    @Override
    public Webhook create(String id, Fields fields, Change change) {
        return database.write(LANE, tx -> {
            tx.update(Sql.of(
                    "insert into webhooks (webhook_id, name, description, url, secret, active, creation_time, last_update_time)"
                            + " values (?, ?, ?, ?, ?, ?, ?, ?)",
                    id,
                    fields.name(),
                    fields.description(),
                    fields.url(),
                    fields.sealedSecret(),
                    fields.active() ? ACTIVE : DISABLED,
                    change.at(),
                    change.at()));
            putEvents(tx, require(tx, id).key, fields.events());
            Webhook created = load(tx, id);
            audit.append(tx, Draft.of(change, "webhook.create", subject(id), null, null, created));
            return created;
        });
    }

    @Override
    public Webhook get(String id) {
        return database.read(tx -> load(tx, id));
    }

    @Override
    public Fields fields(String id) {
        return database.read(tx -> {
            Row row = require(tx, id);
            return new Fields(
                    row.name, row.description, row.url, events(tx, row.key), row.active == ACTIVE, row.secret);
        });
    }

    @Override
    public Webhook update(String id, Fields fields, Change change) {
        return database.write(LANE, tx -> {
            Webhook before = load(tx, id);
            Row row = require(tx, id);
            tx.update(Sql.of(
                    "update webhooks set name = ?, description = ?, url = ?, secret = ?, active = ?, last_update_time = ? where webhook_key = ?",
                    fields.name(),
                    fields.description(),
                    fields.url(),
                    fields.sealedSecret(),
                    fields.active() ? ACTIVE : DISABLED,
                    change.at(),
                    row.key));
            tx.update(Sql.of("delete from webhook_events where webhook_key = ?", row.key));
            putEvents(tx, row.key, fields.events());
            Webhook after = load(tx, id);
            audit.append(tx, Draft.of(change, "webhook.update", subject(id), null, before, after));
            return after;
        });
    }

    @Override
    public void delete(String id, Change change) {
        database.write(LANE, tx -> {
            Webhook before = load(tx, id);
            long key = require(tx, id).key;
            tx.update(Sql.of(
                    "update webhooks set active = ?, secret = null, last_update_time = ? where webhook_key = ?",
                    DELETED,
                    change.at(),
                    key));
            tx.update(Sql.of("delete from webhook_events where webhook_key = ?", key));
            tx.update(Sql.of("delete from webhook_deliveries where webhook_key = ?", key));
            audit.append(tx, Draft.of(change, "webhook.delete", subject(id), null, before, null));
            return null;
        });
    }

    @Override
    public Page<Webhook> list(int maxResults, String pageToken) {
        Keyset newest = new Keyset("webhooks")
                .by("w.creation_time", Keyset.Kind.NUMBER, false)
                .by("w.webhook_key", Keyset.Kind.NUMBER, false);
        return database.read(tx -> {
            Page<Row> page = Pages.read(
                    tx,
                    COLUMNS,
                    Sql.of(" from webhooks w where w.active < ?", DELETED),
                    newest,
                    maxResults,
                    pageToken,
                    Row::of);
            List<Webhook> webhooks = new ArrayList<>();
            for (Row row : page.items()) {
                webhooks.add(row.with(events(tx, row.key)));
            }
            return new Page<>(webhooks, page.nextPageToken());
        });
    }

    @Override
    public List<Due> claim(Set<Long> except, long now, long until, int most) {
        Sql oldest = Sql.of(
                "select min(d.delivery_key) from webhook_deliveries d join webhooks w on w.webhook_key = d.webhook_key"
                        + " where d.state = 0 and d.next_time <= ? and w.active = ?",
                now,
                ACTIVE);
        if (!except.isEmpty()) {
            oldest.add(" and d.webhook_key not in ").addIn(except);
        }
        oldest.add(" group by d.webhook_key limit " + most);
        // Looking is cheap and mostly finds nothing; only what is found is written about.
        List<Long> keys = database.read(tx -> tx.list(oldest, row -> row.getLong(1)));
        return keys.isEmpty()
                ? List.of()
                : database.write(LANE, tx -> {
                    List<Due> mine = new ArrayList<>();
                    for (long key : keys) {
                        // Who comes second finds it moved ahead.
                        int moved = tx.update(Sql.of(
                                "update webhook_deliveries set next_time = ?, attempts = attempts + 1, attempt_time = ?"
                                        + " where delivery_key = ? and state = 0 and next_time <= ?",
                                until,
                                now,
                                key,
                                now));
                        if (moved == 1) {
                            mine.addAll(tx.list(
                                    Sql.of(
                                            "select d.delivery_key, d.webhook_key, d.delivery_id, w.url, w.secret, d.event, d.body, d.attempts"
                                                    + " from webhook_deliveries d join webhooks w on w.webhook_key = d.webhook_key where d.delivery_key = ?",
                                            key),
                                    row -> new Due(
                                            row.getLong(1),
                                            row.getLong(2),
                                            row.getString(3),
                                            row.getString(4),
                                            row.getString(5),
                                            row.getString(6),
                                            row.getString(7),
                                            row.getLong(8))));
                        }
                    }
                    return mine;
                });
    }

    @Override
    public void finish(long key, Outcome outcome, long now) {
        database.write(
                LANE,
                tx -> tx.update(Sql.of(
                        "update webhook_deliveries set state = ?, next_time = ?, attempt_time = ?, response_status = ?, error = ? where delivery_key = ?",
                        outcome.state().ordinal(),
                        outcome.next() == null ? 0 : outcome.next(),
                        now,
                        outcome.status(),
                        outcome.error(),
                        key)));
    }

    @Override
    public Page<WebhookDelivery> deliveries(WebhookApi.Deliveries query, int maxResults) {
        Sql where = Sql.of(
                " from webhook_deliveries d join webhooks w on w.webhook_key = d.webhook_key where w.active < ?",
                DELETED);
        if (query.webhookId() != null && !query.webhookId().isEmpty()) {
            where.add(" and w.webhook_id = ?", query.webhookId());
        }
        if (query.state() != null) {
            where.add(" and d.state = ?", query.state().ordinal());
        }
        Keyset newest = new Keyset("deliveries " + query.webhookId() + query.state())
                .by("d.delivery_key", Keyset.Kind.NUMBER, false);
        return database.read(tx -> Pages.read(
                tx,
                "select d.delivery_id, w.webhook_id, w.name, d.event, d.state, d.attempts, d.creation_time, d.next_time, d.attempt_time,"
                        + " d.response_status, d.error",
                where,
                newest,
                maxResults,
                query.pageToken(),
                SqlWebhookStore::delivery));
    }

    private static WebhookDelivery delivery(ResultSet row) throws SQLException {
        var state = WebhookDelivery.State.values()[row.getInt(5)];
        return new WebhookDelivery(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                state,
                row.getLong(6),
                row.getLong(7),
                state == WebhookDelivery.State.WAITING ? row.getLong(8) : null,
                orNull(row, 9),
                orNull(row, 10),
                row.getString(11));
    }

    private static Long orNull(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    @Override
    public void redeliver(String deliveryId, long now) {
        database.write(LANE, tx -> {
            int found = tx.update(Sql.of(
                    "update webhook_deliveries set state = 0, attempts = 0, next_time = ? where delivery_id = ?",
                    now,
                    deliveryId));
            if (found == 0) {
                throw notFound("There is no delivery with the id '%s'.", deliveryId);
            }
            return null;
        });
    }

    @Override
    public void forget(long before) {
        database.write(
                LANE,
                tx -> tx.update(
                        Sql.of("delete from webhook_deliveries where state > 0 and creation_time < ?", before)));
    }

    private static void putEvents(Tx tx, long key, Set<String> events) throws SQLException {
        tx.batch(
                "insert into webhook_events (webhook_key, event) values (?, ?)",
                events.stream().map(event -> new Object[] {key, event}).toList());
    }

    private static Set<String> events(Tx tx, long key) throws SQLException {
        return new LinkedHashSet<>(tx.list(
                Sql.of("select event from webhook_events where webhook_key = ? order by event", key),
                row -> row.getString(1)));
    }

    private static Webhook load(Tx tx, String id) throws SQLException {
        Row row = require(tx, id);
        return row.with(events(tx, row.key));
    }

    private static Row require(Tx tx, String id) throws SQLException {
        return tx.first(
                        Sql.of(COLUMNS + " from webhooks w where w.webhook_id = ? and w.active < ?", id, DELETED),
                        Row::of)
                .orElseThrow(() -> missing(id));
    }

    private static KirokuException missing(String id) {
        return notFound("Webhook with ID %s not found.", id.length() > 60 ? id.substring(0, 60) + "…" : id);
    }

    private static String subject(String id) {
        return "webhooks:/" + id;
    }
}
