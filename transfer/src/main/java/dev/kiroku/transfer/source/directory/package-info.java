/** Folders that mlflow-export-import wrote. */
@NullMarked
package dev.kiroku.transfer.source.directory;

import org.jspecify.annotations.NullMarked;
