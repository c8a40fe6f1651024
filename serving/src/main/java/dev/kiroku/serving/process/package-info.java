/** Child processes and the files that are private to this process's user. */
@NullMarked
package dev.kiroku.serving.process;

import org.jspecify.annotations.NullMarked;
