package dev.kiroku.core.registry.store;

import static dev.kiroku.model.Strings.isNullOrEmpty;

import dev.kiroku.model.KirokuException;
import org.jspecify.annotations.Nullable;

/**
 * What points at a version and can be protected by gates: an alias or a stage.
 *
 * @param name the alias, or the {@linkplain Stage#wireName() wire name} of the stage
 */
public record GateTarget(Kind kind, String name) {
    /** The kind of a target. */
    public enum Kind {
        ALIAS,
        STAGE
    }

    /** Returns the target of an alias. */
    public static GateTarget alias(String name) {
        return new GateTarget(Kind.ALIAS, name);
    }

    /** Returns the target of a stage. */
    public static GateTarget stage(Stage stage) {
        return new GateTarget(Kind.STAGE, stage.wireName());
    }

    /**
     * Returns the target of an alias or of a stage, of which exactly one is neither null nor empty; throws
     * {@link KirokuException} with INVALID_PARAMETER_VALUE otherwise.
     */
    public static GateTarget of(@Nullable String alias, @Nullable String stage) {
        if (alias != null && !alias.isEmpty() && isNullOrEmpty(stage)) {
            return alias(alias);
        }
        if (stage != null && !stage.isEmpty() && isNullOrEmpty(alias)) {
            return stage(Stage.parse(stage));
        }
        throw KirokuException.invalid("Exactly one of 'alias' and 'stage' is required.");
    }

    /** Returns whether this is an alias. */
    public boolean isAlias() {
        return kind == Kind.ALIAS;
    }

    /** Returns a text for messages, such as {@code alias 'champion'}. */
    @Override
    public String toString() {
        return (isAlias() ? "alias '" : "stage '") + name + "'";
    }
}
