/** Access to a database: connection pools, group commit, transactions, rows, paging and migrations. */
@NullMarked
package dev.kiroku.stores.sql;

import org.jspecify.annotations.NullMarked;
