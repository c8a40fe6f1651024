package dev.kiroku.core.access;

import dev.kiroku.model.access.Action;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What an operation requires, as in MLflow: each action on a resource is one or more requirements, all of which must be met. */
final class AccessRequirements {
    /** An action on a resource that grants on the resource's type decide or, without such grants, those on its container. */
    record Requirement(Action action, ResourceKey resource) {}

    /** The types of what is deleted together with an experiment, and with a model. */
    private static final List<ResourceType> PARTS_OF_EXPERIMENTS = Arrays.stream(ResourceType.values())
            .filter(type -> type.container() == ResourceType.EXPERIMENT
                    || type == ResourceType.SCORER
                    || type == ResourceType.SCORER_VERSION)
            .toList();

    private AccessRequirements() {}

    /** Returns the requirements of an action on a resource of a grantable type. */
    static List<Requirement> of(Action action, ResourceKey resource) {
        if (action == Action.CREATE) {
            return List.of(new Requirement(action, resource));
        }
        ResourceKey container = resource.container();
        if (container != null) {
            return List.of(
                    new Requirement(Action.READ, container), new Requirement(actionOnPart(action, resource), resource));
        }
        if (action != Action.DELETE) {
            return List.of(new Requirement(action, resource));
        }
        List<Requirement> all = new ArrayList<>();
        all.add(new Requirement(action, resource));
        parts(resource.type()).forEach(part -> all.add(new Requirement(action, resource.child(part, null))));
        return all;
    }

    /** MLflow lets an alias point to a version that may be read; everything else needs the level of its action. */
    private static Action actionOnPart(Action action, ResourceKey part) {
        boolean version = part.type() == ResourceType.MODEL_VERSION || part.type() == ResourceType.PROMPT_VERSION;
        return action == Action.USE && version ? Action.READ : action;
    }

    private static List<ResourceType> parts(ResourceType type) {
        return switch (type) {
            case EXPERIMENT -> PARTS_OF_EXPERIMENTS;
            case REGISTERED_MODEL -> List.of(ResourceType.MODEL_VERSION);
            case PROMPT -> List.of(ResourceType.PROMPT_VERSION);
            case SCORER -> List.of(ResourceType.SCORER_VERSION);
            case MCP_SERVER -> List.of(ResourceType.MCP_SERVER_VERSION);
            default -> List.of();
        };
    }
}
