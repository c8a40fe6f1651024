package dev.kiroku.stores.registry;

import static dev.kiroku.model.KirokuException.invalid;

import dev.kiroku.core.registry.store.RegistryStore;
import dev.kiroku.core.registry.store.VisibleModels;
import dev.kiroku.core.search.ComparisonOperator;
import dev.kiroku.core.search.Condition;
import dev.kiroku.core.search.Operand;
import dev.kiroku.core.search.OrderTerm;
import dev.kiroku.core.search.SearchField;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import dev.kiroku.stores.sql.Keyset;
import dev.kiroku.stores.sql.SqlConditions;
import dev.kiroku.stores.sql.VisibilityCondition;
import dev.kiroku.stores.sql.VisibilityCondition.ResourceTable;

/**
 * A search of registered models or versions in SQL. Prompts are models with a tag, and as in MLflow only searches with
 * a condition on that tag find them.
 *
 * @param where the SQL from FROM on
 */
record RegistrySearch(Sql where, Keyset order) {
    static RegistrySearch models(Dialect dialect, RegistryStore.Query query) {
        Sql where = Sql.of(" from registered_models m where 1 = 1");
        conditions(where, dialect, query, "registered_model_tags t where t.model_key = m.model_key");
        where.add(visible(dialect, query.visible(), "m.model_key"));
        Keyset order = new Keyset("registered models " + query.filter() + query.order());
        boolean byName = false;
        for (OrderTerm term : query.order()) {
            byName |= term.field().key().equals("name");
            orderBy(order, term, "m");
        }
        return new RegistrySearch(where, byName ? order : order.addKey("m.name", Keyset.ValueType.TEXT, true));
    }

    static RegistrySearch versions(Dialect dialect, RegistryStore.Query query) {
        Sql where = Sql.of(" from model_versions v join registered_models m on m.model_key = v.model_key where 1 = 1");
        conditions(
                where,
                dialect,
                query,
                "model_version_tags t where t.model_key = v.model_key and t.version = v.version");
        where.add(visible(dialect, query.visible(), "v.model_key"));
        Keyset order = new Keyset("model versions " + query.filter() + query.order());
        query.order().forEach(term -> orderBy(order, term, "v"));
        if (query.order().isEmpty()) {
            order.addKey("v.last_update_time", Keyset.ValueType.LONG, false);
        }
        return new RegistrySearch(
                where,
                order.addKey("m.name", Keyset.ValueType.TEXT, true).addKey("v.version", Keyset.ValueType.LONG, false));
    }

    private static void conditions(Sql where, Dialect dialect, RegistryStore.Query query, String tagTable) {
        boolean aboutPrompts = false;
        for (Condition condition : query.filter().conditions()) {
            SearchField field = condition.field();
            if (field.kind() != SearchField.Kind.TAG) {
                where.add(" and ").add(SqlConditions.compare(column(field.key()), condition, dialect));
                continue;
            }
            Sql tag = Sql.of("select 1 from " + tagTable + " and t.key = ?", field.key());
            if (field.key().equals(WebhookMessage.PROMPT_TAG)) {
                aboutPrompts = true;
                where.add(wantsPrompts(condition) ? " and exists (" : " and not exists (")
                        .add(tag)
                        .add(" and t.value = 'true')");
            } else {
                where.add(" and ").add(SqlConditions.exists(tag, "t.value", condition, dialect));
            }
        }
        if (!aboutPrompts) {
            where.add(
                    " and not exists (select 1 from " + tagTable + " and t.key = ? and t.value = 'true')",
                    WebhookMessage.PROMPT_TAG);
        }
    }

    private static Sql visible(Dialect dialect, VisibleModels visible, String key) {
        return visible.isAll()
                ? new Sql()
                : visible(
                        key,
                        VisibilityCondition.of(visible.models(), ResourceTable.MODELS, key, dialect),
                        VisibilityCondition.of(visible.prompts(), ResourceTable.MODELS, key, dialect));
    }

    /**
     * Returns the condition that a model is visible, with a leading AND.
     *
     * @param key the expression of the model's key
     * @param models the condition if the model is no prompt
     * @param prompts the condition if it is one
     */
    static Sql visible(String key, Sql models, Sql prompts) {
        Sql isPrompt = Sql.of(
                "exists (select 1 from registered_model_tags t where t.model_key = " + key
                        + " and t.key = ? and lower(t.value) = 'true')",
                WebhookMessage.PROMPT_TAG);
        return Sql.of(" and (not ")
                .add(isPrompt)
                .add(" and ")
                .add(models)
                .add(" or ")
                .add(isPrompt)
                .add(" and ")
                .add(prompts)
                .add(")");
    }

    /**
     * Returns whether a condition selects prompts. Other models lack the tag, so "!= 'true'" selects them like "=
     * 'false'".
     */
    private static boolean wantsPrompts(Condition condition) {
        boolean isTrue = condition.operand().equals(new Operand.Text("true"));
        return (condition.comparator() == ComparisonOperator.NE) != isTrue;
    }

    /**
     * Adds a term of the query's order.
     *
     * @param table the alias of the table that has the times
     */
    private static void orderBy(Keyset order, OrderTerm term, String table) {
        boolean text = term.field().key().equals("name");
        String column = switch (term.field().key()) {
            case "name" -> "m.name";
            case "version_number" -> "v.version";
            case "creation_timestamp" -> table + ".creation_time";
            case "last_updated_timestamp" -> table + ".last_update_time";
            default ->
                throw invalid(
                        "Invalid attribute key '%s' specified in order_by.",
                        term.field().key());
        };
        order.addKey(column, text ? Keyset.ValueType.TEXT : Keyset.ValueType.LONG, term.ascending());
    }

    private static String column(String attribute) {
        return switch (attribute) {
            case "name" -> "m.name";
            case "version_number" -> "v.version";
            case "run_id" -> "v.run_id";
            case "source_path" -> "v.source";
            default -> throw invalid("Invalid attribute key '%s' specified.", attribute);
        };
    }
}
