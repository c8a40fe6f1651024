/** Sources of models: resolving model URIs, downloading and caching the files, and creating Python environments. */
@NullMarked
package dev.kiroku.serving.source;

import org.jspecify.annotations.NullMarked;
