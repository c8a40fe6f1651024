package dev.kiroku.model.users;

import java.util.List;

/**
 * An account of a person or a program.
 *
 * @param groups the names of the user's groups, sorted
 * @param hasPassword false if the user only has tokens
 * @param tokens the number of tokens
 * @param creationTimestamp milliseconds since 1970
 */
public record User(String name, List<String> groups, Boolean hasPassword, Long tokens, Long creationTimestamp) {}
