package dev.kiroku.transfer.source.database;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.transfer.source.BasicAuthRecords;
import dev.kiroku.transfer.source.BasicAuthRecords.Permission;
import dev.kiroku.transfer.source.BasicAuthRecords.Role;
import dev.kiroku.transfer.source.BasicAuthRecords.User;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The database of MLflow's basic authentication. Only read, and may be in use. To be used by one thread. */
public final class BasicAuthDatabase implements AutoCloseable {
    /** The role that holds the grants of one user. */
    private static final Pattern OWN_ROLE = Pattern.compile("__user_(\\d{1,18})__");

    private static final List<String> TYPES_OF_WORKSPACE = List.of("experiment", "registered_model", "prompt");

    private final MlflowDatabase database;
    private final BasicAuthSchema schema;

    private BasicAuthDatabase(MlflowDatabase database, BasicAuthSchema schema) {
        this.database = database;
        this.schema = schema;
    }

    /**
     * Opens a database.
     *
     * @throws dev.kiroku.model.KirokuException INVALID_PARAMETER_VALUE if it has no users of MLflow or a schema that is not known
     */
    public static BasicAuthDatabase open(String uri) {
        if (!DatabaseUri.isDatabase(uri)) {
            throw invalid(
                    "'%s' is not the URI of a database with the users of MLflow, such as sqlite:///basic_auth.db.",
                    uri);
        }
        MlflowDatabase database = MlflowDatabase.open(DatabaseUri.parse(uri));
        try {
            return new BasicAuthDatabase(database, BasicAuthSchema.read(database));
        } catch (SQLException e) {
            database.close();
            throw MlflowDatabase.failure(database.uri(), e);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Returns what the source is, without a password. */
    public String description() {
        return "users of " + database.uri().shown();
    }

    /** Returns what identifies the database: its place, whoever reads it. */
    public String id() {
        return database.uri().jdbcUrl();
    }

    /** Reads all users and roles. */
    public BasicAuthRecords read() {
        try {
            return readAll();
        } catch (SQLException e) {
            throw MlflowDatabase.failure(database.uri(), e);
        }
    }

    private record UserRow(
            long id, @Nullable String name, @Nullable String passwordHash, boolean admin) {}

    private record RoleRow(long id, String name, @Nullable String description) {
        /** Returns the user whose grants the role holds; null for a role with a name. */
        @Nullable Long owner() {
            Matcher own = OWN_ROLE.matcher(name);
            return own.matches() ? Long.valueOf(own.group(1)) : null;
        }
    }

    private BasicAuthRecords readAll() throws SQLException {
        Map<Long, List<Permission>> own = new HashMap<>();
        List<RoleRow> roles = new ArrayList<>();
        Map<Long, List<Permission>> ofRoles = new HashMap<>();
        Map<Long, List<Long>> members = new HashMap<>();
        List<String> left = new ArrayList<>();
        if (schema.roles()) {
            readRoles(roles, ofRoles, members);
            for (RoleRow role : roles) {
                Long owner = role.owner();
                // The role of a user who was deleted may stay, without a member.
                if (owner != null && members.getOrDefault(role.id, List.of()).contains(owner)) {
                    own.computeIfAbsent(owner, _ -> new ArrayList<>()).addAll(ofRoles.getOrDefault(role.id, List.of()));
                }
            }
            long others = database.count("roles where workspace <> 'default'");
            if (others > 0) {
                left.add(others + " roles of workspaces other than 'default'");
            }
        }
        if (schema.perUser()) {
            readPerUser(own);
        }
        Map<Long, String> names = new LinkedHashMap<>();
        List<User> users = new ArrayList<>();
        for (UserRow row : database.list(
                "select id, username, password_hash, is_admin from users order by id",
                row -> new UserRow(row.getLong(1), row.getString(2), row.getString(3), row.getBoolean(4)))) {
            if (row.name != null) {
                names.put(row.id, row.name);
                users.add(new User(row.name, row.passwordHash, row.admin, own.getOrDefault(row.id, List.of())));
            }
        }
        List<Role> named = roles.stream()
                .filter(role -> role.owner() == null)
                .map(role -> new Role(
                        role.name,
                        role.description,
                        ofRoles.getOrDefault(role.id, List.of()),
                        members.getOrDefault(role.id, List.of()).stream()
                                .filter(names::containsKey)
                                .map(id -> names.getOrDefault(id, ""))
                                .toList()))
                .toList();
        return new BasicAuthRecords(users, named, left);
    }

    private void readRoles(List<RoleRow> roles, Map<Long, List<Permission>> permissions, Map<Long, List<Long>> members)
            throws SQLException {
        roles.addAll(database.list(
                "select id, name, description from roles where workspace = 'default' order by id",
                row -> new RoleRow(row.getLong(1), row.getString(2), row.getString(3))));
        database.each(
                "select role_id, resource_type, resource_pattern, permission from role_permissions order by id",
                row -> permissions
                        .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                        .add(new Permission(row.getString(2), row.getString(3), row.getString(4), !schema.prompts())));
        database.each(
                "select role_id, user_id from user_role_assignments order by id",
                row -> members.computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                        .add(row.getLong(2)));
    }

    /** Reads the tables of releases without roles. Their level NO_PERMISSIONS forbids, as DENY does in later ones. */
    private void readPerUser(Map<Long, List<Permission>> permissions) throws SQLException {
        readPerUser(permissions, "experiment_permissions", "experiment_id", "experiment");
        readPerUser(permissions, "registered_model_permissions", "name", "registered_model");
        readPerUser(permissions, "scorer_permissions", "scorer_name", "scorer");
        readPerUser(permissions, "gateway_secret_permissions", "secret_id", "gateway_secret");
        readPerUser(permissions, "gateway_endpoint_permissions", "endpoint_id", "gateway_endpoint");
        readPerUser(
                permissions, "gateway_model_definition_permissions", "model_definition_id", "gateway_model_definition");
        if (schema.hasTable("workspace_permissions")) {
            database.each(
                    "select user_id, permission from workspace_permissions where workspace = 'default' order by user_id",
                    row -> permissions
                            .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                            .addAll(ofWorkspace(row.getString(2))));
        }
    }

    private void readPerUser(Map<Long, List<Permission>> permissions, String table, String column, String type)
            throws SQLException {
        if (!schema.hasTable(table)) {
            return;
        }
        database.each(
                "select user_id, " + column + ", permission from " + table + " where "
                        + schema.inDefaultWorkspace(table) + " order by id",
                row -> permissions
                        .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                        .add(new Permission(type, row.getString(2), level(row.getString(3)), true)));
    }

    private static String level(@Nullable String name) {
        return name == null || name.equals("NO_PERMISSIONS") ? "DENY" : name;
    }

    /** Returns the permissions that one on the workspace stands for, as MLflow's own migration to roles does. */
    private static List<Permission> ofWorkspace(String level) {
        return switch (level) {
            case "MANAGE" -> List.of(new Permission("workspace", "*", level, false));
            case "READ", "USE" -> List.of(new Permission("workspace", "*", "USE", false));
            case "EDIT" -> {
                List<Permission> all = new ArrayList<>();
                all.add(new Permission("workspace", "*", "USE", false));
                TYPES_OF_WORKSPACE.forEach(type -> all.add(new Permission(type, "*", level, false)));
                yield all;
            }
            default -> List.of();
        };
    }

    @Override
    public void close() {
        database.close();
    }
}
