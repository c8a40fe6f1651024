/**
 * Where models come from: the local file system, artifact stores and a tracking server; the cache of downloaded models; and the Python
 * environments that their workers run in.
 */
@NullMarked
package dev.kiroku.serving.source;

import org.jspecify.annotations.NullMarked;
