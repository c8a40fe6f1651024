package dev.kiroku.stores.dialect;

import dev.kiroku.stores.StoreUri;

/** The supported databases. */
public final class Dialects {
    private Dialects() {}

    /** Returns the dialect of the database that a URI names. */
    public static Dialect of(StoreUri uri) {
        return switch (uri) {
            case StoreUri.Sqlite sqlite -> new SqliteDialect(sqlite);
            case StoreUri.Postgres postgres -> new PostgresDialect(postgres);
        };
    }
}
