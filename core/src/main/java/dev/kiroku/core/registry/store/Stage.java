package dev.kiroku.core.registry.store;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.abbreviate;

import java.util.Arrays;

/** The stage of a model version. MLflow deprecates stages in favour of aliases. */
public enum Stage {
    NONE("None"),
    STAGING("Staging"),
    PRODUCTION("Production"),
    ARCHIVED("Archived");

    private final String wireName;

    Stage(String wireName) {
        this.wireName = wireName;
    }

    /** Returns the name in MLflow's protocol. */
    public String wireName() {
        return wireName;
    }

    /** Returns whether versions in this stage are in use: a transition to it can archive the others. */
    public boolean isActive() {
        return this == STAGING || this == PRODUCTION;
    }

    /**
     * Returns the stage of a name, ignoring case; throws {@link dev.kiroku.model.KirokuException} with
     * INVALID_PARAMETER_VALUE if there is none.
     */
    public static Stage parse(String name) {
        return Arrays.stream(values())
                .filter(stage -> stage.wireName.equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "Invalid Model Version stage: %s. Value must be one of None, Staging, Production, Archived.",
                        abbreviate(name, 60)));
    }
}
