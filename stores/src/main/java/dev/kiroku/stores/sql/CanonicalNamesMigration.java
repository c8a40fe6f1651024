package dev.kiroku.stores.sql;

import dev.kiroku.core.users.UserNames;
import dev.kiroku.stores.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;

/**
 * Adds the {@linkplain UserNames canonical form} of the names of users, which no database computes. Earlier versions allowed users whose names
 * have the same form, so it is not unique.
 */
final class CanonicalNamesMigration implements JavaMigration {
    private final String textType;

    CanonicalNamesMigration(Dialect dialect) {
        this.textType = Objects.requireNonNull(dialect.migrationPlaceholders().get("text"));
    }

    @Override
    public MigrationVersion getVersion() {
        return MigrationVersion.fromVersion("14");
    }

    @Override
    public String getDescription() {
        return "canonical names of users";
    }

    @Override
    public @Nullable Integer getChecksum() {
        return null;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }

    @Override
    public void migrate(Context context) throws SQLException {
        Connection connection = context.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter table users add column canonical_name " + textType + " not null default ''");
            Map<Long, String> names = new LinkedHashMap<>();
            try (ResultSet rows = statement.executeQuery("select user_key, name from users")) {
                while (rows.next()) {
                    names.put(rows.getLong("user_key"), rows.getString("name"));
                }
            }
            try (PreparedStatement update =
                    connection.prepareStatement("update users set canonical_name = ? where user_key = ?")) {
                for (Map.Entry<Long, String> user : names.entrySet()) {
                    update.setString(1, UserNames.canonical(user.getValue()));
                    update.setLong(2, user.getKey());
                    update.executeUpdate();
                }
            }
            statement.execute("create index users_by_canonical_name on users (canonical_name)");
        }
    }
}
