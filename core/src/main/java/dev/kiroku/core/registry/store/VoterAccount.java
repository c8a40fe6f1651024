package dev.kiroku.core.registry.store;

import java.util.Set;

/**
 * The account of a voter.
 *
 * @param key identifies the account; an account of the same name that is added later has another one
 * @param groups the groups of the account
 */
public record VoterAccount(long key, Set<String> groups) {}
