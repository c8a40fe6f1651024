package dev.kiroku.stores.guard;

import dev.kiroku.core.guard.ResourceIndex;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Database;
import dev.kiroku.stores.sql.PageQuery;
import dev.kiroku.stores.sql.Row;
import dev.kiroku.stores.sql.StoredEnums;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The resource index in SQL. Each method is one statement for up to a few hundred IDs. */
public final class SqlResourceIndex implements ResourceIndex {
    private final Database database;

    /** Creates the index of a database. */
    public SqlResourceIndex(Database database) {
        this.database = database;
    }

    @Override
    public Map<String, Long> findExperimentsOfRuns(Collection<String> runIds) {
        return findExperiments("select run_id as part_id, experiment_id from runs where run_id in ", runIds);
    }

    @Override
    public Map<String, Long> findExperimentsOfModels(Collection<String> modelIds) {
        return findExperiments(
                "select model_id as part_id, experiment_id from logged_models where model_id in ", modelIds);
    }

    private Map<String, Long> findExperiments(String select, Collection<String> ids) {
        Map<String, Long> found = new HashMap<>();
        for (List<String> chunk : PageQuery.chunks(List.copyOf(ids))) {
            found.putAll(database.readAutoCommit(tx -> {
                Map<String, Long> part = new HashMap<>();
                tx.queryEach(
                        Sql.of(select).addIn(chunk),
                        row -> part.put(row.getString("part_id"), row.getLong("experiment_id")));
                return part;
            }));
        }
        return found;
    }

    @Override
    public Optional<ExperimentName> findExperimentName(long experimentId) {
        Sql query = Sql.of(
                "select e.name, v.version from experiments e join access_version v on v.id = 1 where e.id = ?",
                experimentId);
        return database.readAutoCommit(
                tx -> tx.queryFirst(query, row -> new ExperimentName(row.getString("name"), row.getLong("version"))));
    }

    @Override
    public Optional<Long> findExperiment(String name) {
        return database.readAutoCommit(tx -> tx.queryLong(Sql.of("select id from experiments where name = ?", name)));
    }

    @Override
    public Optional<Boolean> findIsPrompt(String model) {
        Sql query = Sql.of("""
                select t.value from registered_models m
                left join registered_model_tags t on t.model_key = m.model_key and t.key = ?
                where m.name = ?""", WebhookMessage.PROMPT_TAG, model);
        return database.readAutoCommit(
                tx -> tx.queryFirst(query, row -> "true".equalsIgnoreCase(row.getStringOrNull("value"))));
    }

    @Override
    public Optional<String> findModelOfApproval(long requestId) {
        return database.readAutoCommit(tx -> tx.queryFirst(
                Sql.of("select model from approval_requests where id = ?", requestId), row -> row.getString("model")));
    }

    @Override
    public boolean exists(ResourceType type, String id) {
        String table = switch (type) {
            case REPORT -> "reports where report_id = ?";
            case WEBHOOK -> "webhooks where webhook_id = ?";
            default -> throw new IllegalArgumentException("not identified by an ID: " + type);
        };
        return database.readAutoCommit(tx -> tx.queryLong(Sql.of("select count(*) from " + table, id)))
                        .orElseThrow()
                > 0;
    }

    @Override
    public List<ExperimentLocation> listLocations(long fromId) {
        return database.readAutoCommit(tx -> tx.queryList(
                Sql.of("select id, artifact_location from experiments where id >= ? order by id", fromId),
                row -> new ExperimentLocation(row.getLong("id"), row.getString("artifact_location"))));
    }

    @Override
    public boolean isAffectedByRename(ResourceKey before, ResourceKey after) {
        List<String> types = Arrays.stream(ResourceType.values())
                .filter(type -> type == before.type() || type.container() == before.type())
                .map(ResourceType::wireName)
                .toList();
        Sql query = Sql.of(
                        "select distinct pattern from role_permissions where pattern like '%*' and resource_type in ")
                .addIn(types);
        return database.readAutoCommit(tx -> tx.queryList(query, row -> row.getString("pattern"))).stream()
                .map(ResourcePattern::parse)
                .filter(pattern -> pattern.kind() == ResourcePattern.Kind.PREFIX)
                .anyMatch(pattern -> before.isMatchedBy(pattern) != after.isMatchedBy(pattern));
    }

    @Override
    public List<String> listManagers(ResourceType type, Collection<String> idsAndNames, int limit) {
        List<String> patterns = idsAndNames.stream()
                .map(text -> ResourcePattern.exact(text).toString())
                .toList();
        Sql query = Sql.of("""
                select u.name as user_name, r.group_name from role_permissions p
                join roles r on r.role_id = p.role_id left join users u on u.user_key = r.user_key
                where p.resource_type = ? and p.level = ? and (r.user_key is not null or r.group_name is not null)
                and p.pattern in\s""", type.wireName(), StoredEnums.PERMISSION_LEVEL.encode(PermissionLevel.MANAGE))
                .addIn(patterns)
                .add(" order by p.permission_id limit " + limit);
        return database.readAutoCommit(tx -> tx.queryList(query, SqlResourceIndex::holder));
    }

    private static String holder(Row row) throws SQLException {
        String group = row.getStringOrNull("group_name");
        return group == null ? row.getString("user_name") : "group " + group;
    }
}
