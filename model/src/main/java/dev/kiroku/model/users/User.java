package dev.kiroku.model.users;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An account of a person or a program.
 *
 * @param service whether it is the account of a program, which signs in with tokens only
 * @param disabled whether the user may not sign in
 * @param groups the names of the user's groups, sorted
 * @param hasPassword false if the user only has tokens
 * @param tokens the number of tokens
 * @param creationTimestamp milliseconds since 1970
 * @param lastSignInTimestamp milliseconds since 1970, of the last session that has not expired or the last use of a token; null if none is known
 */
public record User(
        Long id,
        String name,
        Boolean service,
        Boolean disabled,
        List<String> groups,
        Boolean hasPassword,
        Long tokens,
        Long creationTimestamp,
        @Nullable Long lastSignInTimestamp) {}
