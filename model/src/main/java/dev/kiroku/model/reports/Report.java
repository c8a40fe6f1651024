package dev.kiroku.model.reports;

/**
 * A page that people write about runs.
 *
 * @param content Markdown; what the web UI shows live in it are fenced blocks of the language {@code kiroku}. Null in lists.
 * @param version from 1; each change makes the next one, and earlier ones are kept
 * @param author who made this version
 * @param creationTimestamp when the first version was made, in milliseconds since 1970
 * @param lastUpdateTimestamp when this version was made
 */
public record Report(
        String reportId,
        String title,
        String content,
        Long version,
        String author,
        Long creationTimestamp,
        Long lastUpdateTimestamp) {}
