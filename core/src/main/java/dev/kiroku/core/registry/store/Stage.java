package dev.kiroku.core.registry.store;

import static dev.kiroku.model.KirokuException.invalid;

import java.util.Arrays;

/** Where a model version stands in the older of MLflow's two ways of saying so (the newer one is aliases). */
public enum Stage {
    NONE("None"),
    STAGING("Staging"),
    PRODUCTION("Production"),
    ARCHIVED("Archived");

    private final String wireName;

    Stage(String wire) {
        this.wireName = wire;
    }

    public String wireName() {
        return wireName;
    }

    /** Whether a version in this stage can be in use, so that a newer one archives it. */
    public boolean isActive() {
        return this == STAGING || this == PRODUCTION;
    }

    /** Reads a stage without regard to upper and lower case. */
    public static Stage parse(String name) {
        return Arrays.stream(values())
                .filter(stage -> stage.wireName.equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> invalid(
                        "Invalid Model Version stage: %s. Value must be one of None, Staging, Production, Archived.",
                        name.length() > 60 ? name.substring(0, 60) : name));
    }
}
