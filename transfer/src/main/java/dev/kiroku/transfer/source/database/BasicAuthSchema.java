package dev.kiroku.transfer.source.database;

import static dev.kiroku.model.KirokuException.invalid;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The schema of the database of MLflow's basic authentication.
 *
 * @param perUser whether permissions are in a table for each type of resource
 * @param roles whether there are roles
 * @param prompts whether prompts are a type of their own
 */
record BasicAuthSchema(Map<String, Set<String>> columns, boolean perUser, boolean roles, boolean prompts) {
    private static final String VERSION_TABLE = "alembic_version_auth";
    private static final String ROLES = "c3d4e5f6a7b8";
    private static final String ROLES_ONLY = "e5f6a7b8c9d0";
    private static final String PROMPTS = "f1a2b3c4d5e6";

    /** The migrations in their order, of MLflow 2.5 to 3.18. */
    private static final List<String> REVISIONS =
            List.of("8606fa83a998", "0965eb92f5f0", "a1b2c3d4e5f6", "2ed73881770d", ROLES, ROLES_ONLY, PROMPTS);

    /**
     * Reads the schema.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if the database is not one of basic authentication, or has a schema that
     *     is not known
     */
    static BasicAuthSchema read(MlflowDatabase database) throws SQLException {
        Map<String, Set<String>> columns = database.columns();
        if (!columns.getOrDefault("users", Set.of()).containsAll(Set.of("username", "password_hash", "is_admin"))) {
            throw invalid(
                    "%s is not a database of MLflow's basic authentication. Name the one of 'database_uri' in basic_auth.ini, such as sqlite:///basic_auth.db.",
                    database.uri().shown());
        }
        // The first releases recorded no revision.
        List<String> revisions = columns.containsKey(VERSION_TABLE)
                ? database.list("select version_num from " + VERSION_TABLE, row -> row.getString(1))
                : List.of();
        int revision = revisions.isEmpty() ? 0 : REVISIONS.indexOf(revisions.getFirst());
        if (revision < 0) {
            throw invalid(
                    "The users in %s have a schema (revision '%s') that is newer than that of MLflow 3.18, the latest that this version of Kiroku can import.",
                    database.uri().shown(), revisions.getFirst());
        }
        // The tables for each type stay, unused, after the migration to roles.
        return new BasicAuthSchema(
                columns,
                revision < REVISIONS.indexOf(ROLES_ONLY),
                revision >= REVISIONS.indexOf(ROLES),
                revision >= REVISIONS.indexOf(PROMPTS));
    }

    boolean hasTable(String table) {
        return columns.containsKey(table);
    }

    /** Returns a condition that leaves out the rows of workspaces other than the default one. */
    String inDefaultWorkspace(String table) {
        return columns.getOrDefault(table, Set.of()).contains("workspace") ? "workspace = 'default'" : "1 = 1";
    }
}
