package dev.kiroku.stores.webhooks;

import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where a transaction leaves what webhooks are to be told: it is kept if and only if the transaction is.
 *
 * <p>{@code outbox.emit(tx, Event.of("approval.requested", "name", name, …), change.at())}
 */
public final class WebhookOutbox {
    private final AtomicReference<Runnable> listener = new AtomicReference<>(() -> {});

    /** Has {@code wake} run after each commit of a transaction that left something to be told. */
    public void onCommit(Runnable wake) {
        listener.set(wake);
    }

    /** @param now milliseconds since 1970 */
    public void emit(Transaction tx, WebhookMessage event, long now) throws SQLException {
        List<Long> webhooks = tx.queryList(
                Sql.of(
                        "select w.webhook_key from webhook_events e join webhooks w on w.webhook_key = e.webhook_key"
                                + " where e.event = ? and w.active = 1",
                        event.event()),
                row -> row.getLong(1));
        if (webhooks.isEmpty()) {
            return;
        }
        String body = event.toJson(now);
        tx.batch(
                "insert into webhook_deliveries (delivery_id, webhook_key, event, body, state, attempts, next_time, creation_time)"
                        + " values (?, ?, ?, ?, 0, 0, ?, ?)",
                webhooks.stream()
                        .map(key -> new Object[] {UUID.randomUUID().toString(), key, event.event(), body, now, now})
                        .toList());
        tx.afterCommit(() -> listener.get().run());
    }
}
