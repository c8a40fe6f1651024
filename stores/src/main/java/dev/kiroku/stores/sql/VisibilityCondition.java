package dev.kiroku.stores.sql;

import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.VisibleResources;
import dev.kiroku.stores.dialect.Dialect;
import dev.kiroku.stores.dialect.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compiles the condition that a caller may see a row: the keys of the resources that a set of patterns matches are found by index lookups, one
 * for each pattern, and the row is looked up among them. So the time depends on the number of patterns and of resources that they match, not
 * on their product. The number of parameters does not depend on the number of patterns.
 */
public final class VisibilityCondition {
    /** Follows every name: none has as many characters. */
    private static final String AFTER_ALL_NAMES =
            Character.toString(Character.MAX_CODE_POINT).repeat(1000);

    private static final int MAX_ID_DIGITS = 18;
    private static final String TRUE = "1 = 1";
    private static final String FALSE = "1 = 0";

    /**
     * A table of resources.
     *
     * @param key the primary key, a number
     * @param name the column that patterns match, with an index in binary order
     * @param identifiedByKey whether exact patterns that consist of digits are keys instead of names
     */
    public record ResourceTable(String table, String key, String name, boolean identifiedByKey) {
        /** The experiments. */
        public static final ResourceTable EXPERIMENTS = new ResourceTable("experiments", "id", "name", true);

        /** The registered models, which include prompts. */
        public static final ResourceTable MODELS = new ResourceTable("registered_models", "model_key", "name", false);

        /** The reports, which have no names: patterns match their IDs. */
        public static final ResourceTable REPORTS = new ResourceTable("reports", "report_key", "report_id", false);

        /** The webhooks; patterns match their IDs. */
        public static final ResourceTable WEBHOOKS = new ResourceTable("webhooks", "webhook_key", "webhook_id", false);
    }

    /**
     * Patterns by what they are compared with.
     *
     * @param prefixes in order, none of which begins with another
     */
    private record Patterns(List<String> ids, List<String> names, List<String> prefixes) {
        static Patterns of(Set<ResourcePattern> patterns, ResourceTable resources) {
            List<String> ids = new ArrayList<>();
            List<String> names = new ArrayList<>();
            TreeSet<String> prefixes = new TreeSet<>();
            for (ResourcePattern pattern : patterns) {
                String value = pattern.value();
                switch (pattern.kind()) {
                    case ALL -> throw new IllegalArgumentException("no condition is needed for all resources");
                    case PREFIX -> prefixes.add(value);
                    case EXACT -> {
                        if (!resources.identifiedByKey || !ResourcePattern.isExperimentId(value)) {
                            names.add(value);
                        } else if (isKey(value)) {
                            ids.add(value);
                        }
                    }
                }
            }
            return new Patterns(ids, names, withoutLonger(prefixes));
        }

        /** Returns the prefixes without those that begin with another one, which follows from the other. */
        private static List<String> withoutLonger(TreeSet<String> prefixes) {
            List<String> shortest = new ArrayList<>();
            for (String prefix : prefixes) {
                // What begins with a prefix follows it immediately in the set.
                if (shortest.isEmpty() || !prefix.startsWith(shortest.getLast())) {
                    shortest.add(prefix);
                }
            }
            return shortest;
        }

        /** Returns these patterns without the names that have one of the prefixes. */
        Patterns withoutCoveredNames() {
            TreeSet<String> sorted = new TreeSet<>(prefixes);
            return new Patterns(
                    ids,
                    names.stream()
                            .filter(name -> {
                                String before = sorted.floor(name);
                                return before == null || !name.startsWith(before);
                            })
                            .toList(),
                    prefixes);
        }

        /** Returns the columns with the beginnings and the ends of the ranges of names that have one of the prefixes. */
        List<List<String>> ranges() {
            return List.of(
                    prefixes, prefixes.stream().map(VisibilityCondition::endOf).toList());
        }

        /** Returns the distinct lengths of the prefixes, in code points. */
        List<String> lengths() {
            return prefixes.stream()
                    .map(prefix -> Integer.toString(prefix.codePointCount(0, prefix.length())))
                    .distinct()
                    .toList();
        }
    }

    private final Dialect dialect;
    private final ResourceTable resources;
    private final String key;

    private VisibilityCondition(Dialect dialect, ResourceTable resources, String key) {
        this.dialect = dialect;
        this.resources = resources;
        this.key = key;
    }

    /**
     * Returns FROM and the beginning of WHERE of a statement on the visible resources. If the caller may read single ones, the table is not
     * scanned: each of them is looked up once.
     *
     * @param alias of the table
     */
    public static Sql from(VisibleResources visible, ResourceTable resources, String alias, Dialect dialect) {
        String key = alias + "." + resources.key;
        Sql keys = visible.allowed().isEmpty()
                ? new Sql()
                : new VisibilityCondition(dialect, resources, key)
                        .distinctKeys(Patterns.of(visible.allowed(), resources).withoutCoveredNames());
        if (keys.isEmpty()) {
            return Sql.of(" from " + resources.table + " " + alias + " where ")
                    .add(of(visible, resources, key, dialect));
        }
        VisibleResources rest = new VisibleResources(true, Set.of(), visible.denied(), visible.within());
        return Sql.of(" from (")
                .add(keys)
                .add(") k" + dialect.orderedJoin() + resources.table + " " + alias + " where " + key
                        + " = k.resource_key and ")
                .add(of(rest, resources, key, dialect));
    }

    /**
     * Returns the condition.
     *
     * @param key the expression of the resource's key
     */
    public static Sql of(VisibleResources visible, ResourceTable resources, String key, Dialect dialect) {
        if (visible.isAll()) {
            return Sql.of(TRUE);
        }
        var condition = new VisibilityCondition(dialect, resources, key);
        List<Sql> all = new ArrayList<>();
        if (!visible.byDefault()) {
            all.add(condition.matchedBy(visible.allowed()));
        }
        if (visible.within() != null) {
            all.add(condition.matchedBy(visible.within()));
        }
        if (!visible.denied().isEmpty()) {
            all.add(condition.notMatchedBy(visible.denied()));
        }
        Sql sql = new Sql();
        all.forEach(each -> sql.add(sql.isEmpty() ? "" : " and ").add(each));
        return sql;
    }

    /**
     * Returns the condition on names that need not be those of existing resources. Takes time proportional to the number of prefixes for each
     * row, so it is for few rows.
     *
     * @param name the expression of the resource's name, in binary order
     */
    public static Sql ofName(VisibleResources visible, String name, Dialect dialect) {
        Sql sql = Sql.of(visible.byDefault() ? TRUE : FALSE);
        if (!visible.allowed().isEmpty()) {
            sql = matchedBy(visible.allowed(), name, dialect);
        }
        if (visible.within() != null) {
            sql.add(" and ").add(matchedBy(visible.within(), name, dialect));
        }
        if (!visible.denied().isEmpty()) {
            sql.add(" and not ").add(matchedBy(visible.denied(), name, dialect));
        }
        return sql;
    }

    private static Sql matchedBy(Set<ResourcePattern> patterns, String name, Dialect dialect) {
        Patterns parts = Patterns.of(patterns, ResourceTable.MODELS);
        Sql sql = Sql.of("(" + name + " in (select p.c1 from ")
                .add(dialect.textTable(List.of(parts.names)))
                .add(")");
        if (!parts.prefixes.isEmpty()) {
            sql.add(" or exists (select 1 from ")
                    .add(dialect.textTable(parts.ranges()))
                    .add(" where %1$s >= p.c1 and %1$s < p.c2)".formatted(name));
        }
        return sql.add(")");
    }

    private Sql matchedBy(Set<ResourcePattern> patterns) {
        Sql keys = keys(patterns);
        return keys.isEmpty() ? Sql.of(FALSE) : Sql.of(key + " in (").add(keys).add(")");
    }

    private Sql notMatchedBy(Set<ResourcePattern> patterns) {
        Sql keys = keys(patterns);
        return keys.isEmpty()
                ? Sql.of(TRUE)
                : Sql.of(key + " not in (").add(keys).add(")");
    }

    /** Returns a SELECT of the keys of the resources that patterns match, some perhaps more than once; empty if they match none. */
    private Sql keys(Set<ResourcePattern> patterns) {
        Patterns parts = Patterns.of(patterns, resources);
        Sql byId = parts.ids.isEmpty()
                ? new Sql()
                : Sql.of("select cast(p.c1 as bigint) as resource_key from ")
                        .add(dialect.textTable(List.of(parts.ids)));
        return addNames(byId, parts);
    }

    /** Returns a SELECT of the keys of the resources that patterns match, each once; empty if they match none. */
    private Sql distinctKeys(Patterns parts) {
        if (parts.ids.isEmpty()) {
            return addNames(new Sql(), parts);
        }
        Sql byId = lookup(List.of(parts.ids), "x." + resources.key + " = cast(p.c1 as bigint)");
        if (!parts.names.isEmpty()) {
            byId.add(" and x." + resources.name + " not in (select p.c1 from ")
                    .add(dialect.textTable(List.of(parts.names)))
                    .add(")");
        }
        if (!parts.prefixes.isEmpty()) {
            byId.add(" and not exists (select 1 from ")
                    .add(dialect.textTable(List.of(parts.lengths())))
                    .add(" where substr(x." + resources.name + ", 1, cast(p.c1 as integer)) in (select p.c1 from ")
                    .add(dialect.textTable(List.of(parts.prefixes)))
                    .add("))");
        }
        return addNames(byId, parts);
    }

    private Sql addNames(Sql keys, Patterns parts) {
        if (!parts.names.isEmpty()) {
            addUnion(keys, lookup(List.of(parts.names), "x." + resources.name + " = p.c1"));
        }
        if (!parts.prefixes.isEmpty()) {
            addUnion(keys, lookup(parts.ranges(), "x.%1$s >= p.c1 and x.%1$s < p.c2".formatted(resources.name)));
        }
        return keys;
    }

    /** Returns whether digits are a key: ids have no leading zeros. */
    private static boolean isKey(String digits) {
        return digits.length() <= MAX_ID_DIGITS && (digits.length() == 1 || digits.charAt(0) != '0');
    }

    private static void addUnion(Sql keys, Sql select) {
        keys.add(keys.isEmpty() ? "" : " union all ").add(select);
    }

    private Sql lookup(List<List<String>> columns, String condition) {
        return Sql.of("select x." + resources.key + " as resource_key from ")
                .add(dialect.textTable(columns))
                .add(dialect.orderedJoin() + resources.table + " x where " + condition);
    }

    /** Returns the first text in the order of code points, which is the order of UTF-8, that follows all texts with a prefix. */
    private static String endOf(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            end -= Character.charCount(last);
            if (last != Character.MAX_CODE_POINT) {
                // Surrogates are not code points of texts.
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return prefix.substring(0, end) + Character.toString(next);
            }
        }
        return AFTER_ALL_NAMES;
    }
}
