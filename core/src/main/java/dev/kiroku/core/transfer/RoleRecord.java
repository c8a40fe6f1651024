package dev.kiroku.core.transfer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A role with its permissions and the names of its users. */
public record RoleRecord(
        String name, @Nullable String description, List<UserRecord.GrantRecord> grants, List<String> users) {}
