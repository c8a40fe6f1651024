package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.Stage;
import dev.kiroku.model.KirokuException;

/** What can be made to point at a version: an alias, or a stage by its wire name. */
public record Target(Kind kind, String name) {
    public enum Kind {
        ALIAS,
        STAGE
    }

    public static Target alias(String name) {
        return new Target(Kind.ALIAS, name);
    }

    public static Target stage(Stage stage) {
        return new Target(Kind.STAGE, stage.wire());
    }

    /** The one of the two that is given. */
    public static Target of(String alias, String stage) {
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
