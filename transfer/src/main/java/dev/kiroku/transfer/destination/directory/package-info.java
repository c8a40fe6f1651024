/** Exports to folders of mlflow-export-import. */
@NullMarked
package dev.kiroku.transfer.destination.directory;

import org.jspecify.annotations.NullMarked;
