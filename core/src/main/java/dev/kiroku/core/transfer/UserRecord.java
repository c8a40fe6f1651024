package dev.kiroku.core.transfer;

import dev.kiroku.model.access.Grant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user of MLflow's basic authentication.
 *
 * @param name in its canonical form
 * @param passwordHash null if the user cannot sign in with a password
 * @param admin whether the user administers the server
 * @param grants held by the user alone; those of roles are in {@link RoleRecord}; none on the same resources twice
 */
public record UserRecord(String name, @Nullable String passwordHash, boolean admin, List<Grant> grants) {}
