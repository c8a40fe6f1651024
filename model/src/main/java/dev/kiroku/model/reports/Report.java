package dev.kiroku.model.reports;

import org.jspecify.annotations.Nullable;

/**
 * A page of text and live charts about runs.
 *
 * @param content Markdown; live elements of the web UI are fenced blocks with the language {@code kiroku}. Null in
 *     lists
 * @param version from 1; each change adds a version, and earlier versions are kept
 * @param author the user who saved this version
 * @param creationTimestamp when the first version was saved, in milliseconds since 1970
 * @param lastUpdateTimestamp when this version was saved
 */
public record Report(
        String reportId,
        String title,
        @Nullable String content,
        Long version,
        String author,
        Long creationTimestamp,
        Long lastUpdateTimestamp) {}
