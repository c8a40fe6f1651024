/** Databases of MLflow, read over JDBC. */
@NullMarked
package dev.kiroku.transfer.source.database;

import org.jspecify.annotations.NullMarked;
