package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The table of the last holders of aliases and stages that point at no version. */
final class LastHolderTable {
    private LastHolderTable() {}

    static Optional<LastHolder> find(Transaction tx, String modelName, GateTarget target) throws SQLException {
        return tx.queryFirst(
                Sql.of(
                        "select version, metrics from last_holders where model = ? and target_kind = ? and target = ?",
                        modelName,
                        StoredEnums.TARGET_KIND.encode(target.kind()),
                        target.name()),
                LastHolderTable::read);
    }

    private static LastHolder read(Row row) throws SQLException {
        long version = row.getLong("version");
        Map<String, Double> metrics = new HashMap<>();
        row.getString("metrics").lines().forEach(line -> {
            int space = line.indexOf(' ');
            metrics.put(line.substring(space + 1), Double.valueOf(line.substring(0, space)));
        });
        return new LastHolder(version, metrics);
    }

    static void put(Transaction tx, String modelName, GateTarget target, LastHolder holder) throws SQLException {
        String metrics = holder.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().lines().count() == 1)
                .map(metric -> metric.getValue() + " " + metric.getKey())
                .collect(Collectors.joining("\n"));
        tx.update(Sql.of(
                tx.dialect()
                        .upsert(
                                "insert into last_holders (model, target_kind, target, version, metrics) values (?, ?, ?, ?, ?)",
                                "model, target_kind, target",
                                "version",
                                "metrics"),
                modelName,
                StoredEnums.TARGET_KIND.encode(target.kind()),
                target.name(),
                holder.version(),
                metrics));
    }
}
