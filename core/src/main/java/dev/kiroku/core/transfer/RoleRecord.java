package dev.kiroku.core.transfer;

import dev.kiroku.model.access.Grant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A role with its grants.
 *
 * @param grants none on the same resources twice
 * @param users the canonical names of the users who are assigned to it
 */
public record RoleRecord(String name, @Nullable String description, List<Grant> grants, List<String> users) {}
