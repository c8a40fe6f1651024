/** Users, groups and tokens in SQL. */
@NullMarked
package dev.kiroku.stores.users;

import org.jspecify.annotations.NullMarked;
