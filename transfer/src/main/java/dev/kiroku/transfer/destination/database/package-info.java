/** Databases that MLflow made, written over JDBC. */
@NullMarked
package dev.kiroku.transfer.destination.database;

import org.jspecify.annotations.NullMarked;
