package dev.kiroku.stores.webhooks;

import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Transactional outbox for webhook messages: a message is queued if and only if the transaction that emits it commits.
 */
public final class WebhookOutbox {
    private final AtomicReference<Runnable> listener = new AtomicReference<>(() -> {});

    /** Sets the action to run after each commit of a transaction that queued messages. */
    public void onCommit(Runnable action) {
        listener.set(action);
    }

    /**
     * Queues a message for each active webhook that subscribes to its event.
     *
     * @param now milliseconds since 1970
     */
    public void emit(Transaction tx, WebhookMessage message, long now) throws SQLException {
        List<Long> webhooks = tx.queryList(Sql.of("""
                        select w.webhook_key from webhook_events e join webhooks w on w.webhook_key = e.webhook_key
                        where e.event = ? and w.active = 1""", message.event()), row -> row.getLong("webhook_key"));
        if (webhooks.isEmpty()) {
            return;
        }
        String body = message.toJson(now);
        tx.batch(
                """
                insert into webhook_deliveries (delivery_id, webhook_key, event, body, state, attempts, next_time,
                creation_time) values (?, ?, ?, ?, 0, 0, ?, ?)""",
                webhooks.stream()
                        .map(key -> new @Nullable Object[] {
                            UUID.randomUUID().toString(), key, message.event(), body, now, now
                        })
                        .toList());
        tx.afterCommit(() -> listener.get().run());
    }
}
