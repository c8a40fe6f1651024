package dev.kiroku.core.registry.store;

import dev.kiroku.model.KirokuException;

/** What can be made to point at a version: an alias, or a stage by its wire name. */
public record GateTarget(Kind kind, String name) {
    public enum Kind {
        ALIAS,
        STAGE
    }

    public static GateTarget alias(String name) {
        return new GateTarget(Kind.ALIAS, name);
    }

    public static GateTarget stage(Stage stage) {
        return new GateTarget(Kind.STAGE, stage.wireName());
    }

    /** The one of the two that is given. */
    public static GateTarget of(String alias, String stage) {
        boolean hasAlias = alias != null && !alias.isEmpty();
        boolean hasStage = stage != null && !stage.isEmpty();
        if (hasAlias == hasStage) {
            throw KirokuException.invalid("Give either an alias or a stage.");
        }
        return hasAlias ? alias(alias) : stage(Stage.parse(stage));
    }

    public boolean isAlias() {
        return kind == Kind.ALIAS;
    }

    /** {@code alias 'champion'}. */
    @Override
    public String toString() {
        return (isAlias() ? "alias '" : "stage '") + name + "'";
    }
}
