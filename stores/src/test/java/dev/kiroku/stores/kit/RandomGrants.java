package dev.kiroku.stores.kit;

import dev.kiroku.core.access.EffectiveGrants;
import dev.kiroku.model.access.Grant;
import dev.kiroku.model.access.HeldGrant;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.Principal;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourcePattern;
import dev.kiroku.model.access.ResourceSelector;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.access.TokenScope;
import dev.kiroku.model.api.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Callers with grants, random names and random grants on them. */
final class RandomGrants {
    static final Caller ADMIN = new Caller("root", Set.of(Caller.ADMINS), "r1");

    /** What is compared by code point in one place and by UTF-16 in another, what is a wildcard or quoted somewhere, and both cases. */
    private static final List<String> FRAGMENTS = List.of(
            "a",
            "A",
            "b",
            "0",
            "7",
            "/",
            "_",
            "%",
            "'",
            "\"",
            "\\",
            "*",
            "é",
            "e\u0301",
            "ß",
            "日",
            "\uD7FF",
            "\uE000",
            "\uFFFF",
            "😀",
            "\uD800\uDC00",
            "\uDBFF\uDFFF");

    private RandomGrants() {}

    static Caller caller(EffectiveGrants rights) {
        return new Caller("ann", Set.of(), "r2", rights);
    }

    static Caller caller(PermissionLevel byDefault, String... grants) {
        return caller(new EffectiveGrants(
                false, byDefault, Stream.of(grants).map(RandomGrants::grant).toList()));
    }

    /** Returns the grant of a text such as {@code READ experiment/a*}. */
    static HeldGrant grant(String text) {
        ResourceSelector resources = ResourceSelector.parse(text.substring(text.indexOf(' ') + 1));
        PermissionLevel level = PermissionLevel.valueOf(text.substring(0, text.indexOf(' ')));
        return new HeldGrant(new Grant(resources.type(), resources.pattern(), level), Principal.user("ann"));
    }

    static <T> T pick(Random random, List<T> items) {
        return items.get(random.nextInt(items.size()));
    }

    static String randomName(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            name.append(pick(random, FRAGMENTS));
        }
        return name.toString();
    }

    /** Returns a pattern that matches some of the resources, or none. */
    static ResourcePattern randomPattern(Random random, List<ResourceKey> resources) {
        ResourceKey one = pick(random, resources);
        String name = random.nextInt(5) == 0 ? randomName(random) : one.name();
        return switch (random.nextInt(12)) {
            case 0 -> random.nextInt(4) == 0 ? ResourcePattern.ALL : ResourcePattern.exact("0" + one.id());
            case 1, 2, 3 -> ResourcePattern.exact(one.id());
            case 4, 5 -> ResourcePattern.exact(name);
            case 6 -> ResourcePattern.exact(name + "*");
            default -> {
                int length = name.offsetByCodePoints(0, 1 + random.nextInt(name.codePointCount(0, name.length())));
                String prefix = name.substring(0, length);
                yield prefix.endsWith("\\")
                        ? ResourcePattern.exact(prefix)
                        : new ResourcePattern(ResourcePattern.Kind.PREFIX, prefix);
            }
        };
    }

    static EffectiveGrants randomRights(Random random, List<ResourceType> types, List<ResourceKey> resources) {
        List<HeldGrant> grants = new ArrayList<>();
        for (int i = random.nextInt(random.nextBoolean() ? 6 : 100); i > 0; i--) {
            grants.add(new HeldGrant(
                    new Grant(
                            pick(random, types),
                            randomPattern(random, resources),
                            random.nextInt(3) == 0 ? PermissionLevel.DENY : PermissionLevel.READ),
                    Principal.user("ann")));
        }
        EffectiveGrants rights = new EffectiveGrants(
                false, random.nextBoolean() ? PermissionLevel.READ : PermissionLevel.NO_PERMISSIONS, grants);
        if (random.nextInt(3) > 0) {
            return rights;
        }
        return rights.restrictedTo(new TokenScope(
                false,
                IntStream.range(0, 1 + random.nextInt(4))
                        .mapToObj(i -> new ResourceSelector(types.getFirst(), randomPattern(random, resources)))
                        .toList()));
    }
}
