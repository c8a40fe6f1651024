/**
 * Where models come from: the local file system, artifact stores and a tracking server; the cache of downloaded models; and the Python
 * environments that their workers run in.
 */
package dev.kiroku.serving.source;
