/** What differs between databases: SQL statements, connection settings, migrations and error codes. */
@NullMarked
package dev.kiroku.stores.dialect;

import org.jspecify.annotations.NullMarked;
