/** Users, groups, passwords, tokens, and the verification of credentials. */
@NullMarked
package dev.kiroku.core.users;

import org.jspecify.annotations.NullMarked;
