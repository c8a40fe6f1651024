package dev.kiroku.model.artifacts;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a folder of artifacts.
 *
 * @param path relative to the folder that the response names, with {@code /} as the separator
 * @param fileSize in bytes; null for a folder
 */
public record FileInfo(String path, boolean isDir, @Nullable Long fileSize) {}
