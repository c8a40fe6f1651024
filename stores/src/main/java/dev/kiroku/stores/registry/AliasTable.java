package dev.kiroku.stores.registry;

import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Transaction;
import java.sql.SQLException;
import java.util.List;

/** The table of aliases. */
final class AliasTable {
    private AliasTable() {}

    /** Returns the version that an alias points at, or 0. */
    static long findVersion(Transaction tx, ModelRow model, String alias) throws SQLException {
        return tx.queryFirst(
                        Sql.of(
                                "select version from registered_model_aliases where model_key = ? and alias = ?",
                                model.key(),
                                alias),
                        row -> row.getLong("version"))
                .orElse(0L);
    }

    /** Returns the aliases of a model, by name. */
    static List<String> list(Transaction tx, ModelRow model) throws SQLException {
        return tx.queryList(
                Sql.of("select alias from registered_model_aliases where model_key = ? order by alias", model.key()),
                row -> row.getString("alias"));
    }

    static void put(Transaction tx, ModelRow model, String alias, long version) throws SQLException {
        tx.update(Sql.of(
                tx.dialect()
                        .upsert(
                                "insert into registered_model_aliases (model_key, alias, version) values (?, ?, ?)",
                                "model_key, alias",
                                "version"),
                model.key(),
                alias,
                version));
    }

    static void delete(Transaction tx, ModelRow model, String alias) throws SQLException {
        tx.update(Sql.of("delete from registered_model_aliases where model_key = ? and alias = ?", model.key(), alias));
    }
}
