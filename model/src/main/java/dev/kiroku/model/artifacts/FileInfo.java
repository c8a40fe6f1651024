package dev.kiroku.model.artifacts;

/**
 * An entry of an artifact listing.
 *
 * @param path relative to the root that was listed, with {@code /} between its parts
 * @param fileSize bytes; null for a folder
 */
public record FileInfo(String path, boolean isDir, Long fileSize) {}
