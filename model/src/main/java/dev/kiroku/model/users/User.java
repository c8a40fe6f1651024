package dev.kiroku.model.users;

import java.util.List;

/**
 * A person or a program that signs in.
 *
 * @param groups names, sorted; approvals can ask for members of one
 * @param hasPassword false for one who only has tokens
 * @param tokens how many tokens they hold
 * @param creationTimestamp milliseconds since 1970
 */
public record User(String name, List<String> groups, Boolean hasPassword, Long tokens, Long creationTimestamp) {}
