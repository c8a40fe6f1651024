package dev.kiroku.core.transfer;

import java.util.List;

/**
 * Users and roles of a source.
 *
 * @param source what identifies the source: names of users and roles are unique in it
 * @param users without those whose names differ only in their form
 * @param roles whose users were taken before, or are among these users
 */
public record AccountRecords(String source, List<UserRecord> users, List<RoleRecord> roles) {}
