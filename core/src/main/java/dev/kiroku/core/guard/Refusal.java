package dev.kiroku.core.guard;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.AccessDecision;
import dev.kiroku.model.access.AccessDecision.Basis;
import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.PermissionLevel;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The refusal of an action. It says nothing about a resource that the caller may not read, not even whether it exists.
 *
 * @param text what the request calls the resource; null if it does not name it
 * @param readable whether the resource exists and the caller may read it
 */
record Refusal(
        Caller caller,
        Action action,
        @Nullable String text,
        ResourceKey key,
        AccessDecision decision,
        boolean readable) {
    /** How many of those who manage a resource are named. */
    static final int MAX_MANAGERS = 3;

    /**
     * Returns the error with PERMISSION_DENIED.
     *
     * @param managers returns the names of those who manage a resource
     */
    KirokuException toException(Function<ResourceKey, Collection<String>> managers) {
        return new KirokuException(ErrorCode.PERMISSION_DENIED, message(managers));
    }

    private String message(Function<ResourceKey, Collection<String>> managers) {
        AccessDecision.Check denied = decision.firstDenied().orElse(null);
        String user = "User '" + caller.name() + "' ";
        if (denied != null && denied.basis() == Basis.TOKEN) {
            return user
                    + "may not do this with the token that was used: it is read-only, or restricted to other resources.";
        }
        if (key.type() == ResourceType.SERVER || key.type() == ResourceType.AUDIT_LOG) {
            return user + "lacks the permission for this operation: it needs membership of the group '" + Caller.ADMINS
                    + "'.";
        }
        if (key.type() == ResourceType.WORKSPACE) {
            return user + "lacks the permission for '" + text
                    + "': it needs one on the experiment, run or model that owns"
                    + " it, or MANAGE on workspace/* if nothing does. Ask an administrator.";
        }
        String level = denied == null
                ? "READ"
                : PermissionLevel.leastFor(denied.action()).name();
        if (action == Action.CREATE) {
            return user + "may not create " + noun(key.type()) + (text == null ? "s" : " '" + text + "'")
                    + ": a grant denies it. Ask an administrator.";
        }
        if (!readable || denied == null) {
            return user + "lacks " + level + " on " + noun(key.type()) + (text == null ? "s" : " '" + text + "'")
                    + ", or there is none. Ask an administrator.";
        }
        return user + "needs " + level + " on " + name(key, denied.type()) + has(denied) + ". "
                + advice(key.root(), managers.apply(key));
    }

    private static String has(AccessDecision.Check denied) {
        if (denied.level() == PermissionLevel.DENY) {
            return ", and a grant denies it";
        }
        return denied.level() == null || denied.level() == PermissionLevel.NO_PERMISSIONS
                ? ""
                : ", and has " + denied.level();
    }

    /** Names a resource as grants do, so that the missing one can be copied. */
    private static String name(ResourceKey key, ResourceType decided) {
        ResourceKey root = key.root();
        String of = noun(root.type()) + " '" + (root.name() == null ? root.id() : root.name()) + "'";
        boolean numbered = root.type() == ResourceType.EXPERIMENT && root.name() != null && root.id() != null;
        String resource = numbered ? of + " (ID " + root.id() + ")" : of;
        return decided == root.type() ? resource : noun(decided) + "s of " + resource;
    }

    private static String advice(ResourceKey root, Collection<String> managers) {
        List<String> names = new ArrayList<>(managers);
        names.add("an administrator");
        String last = names.removeLast();
        String who = names.isEmpty() ? last : String.join(", ", names) + " or " + last;
        return "Ask " + who + (root.type().isGrantable() ? " for it." : ".");
    }

    private static String noun(ResourceType type) {
        return switch (type) {
            // Whether a name is that of a model or a prompt is not said to who may not read it.
            case REGISTERED_MODEL, PROMPT -> "registered model";
            case MODEL_VERSION, PROMPT_VERSION -> "registered model version";
            default -> type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }
}
