/** Artifacts in a bucket of S3, or of a server with its protocol. */
@NullMarked
package dev.kiroku.artifacts.s3;

import org.jspecify.annotations.NullMarked;
