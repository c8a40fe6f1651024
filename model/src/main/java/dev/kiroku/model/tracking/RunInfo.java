package dev.kiroku.model.tracking;

import org.jspecify.annotations.Nullable;

/**
 * The attributes of a run.
 *
 * @param runUuid the same as {@code runId}, for older clients
 * @param startTime milliseconds since 1970
 * @param endTime milliseconds since 1970; null while the run is not finished
 * @param lifecycleStage {@code active} or {@code deleted}
 * @param runId 32 hexadecimal digits
 */
public record RunInfo(
        String runUuid,
        String experimentId,
        String runName,
        String userId,
        RunStatus status,
        Long startTime,
        @Nullable Long endTime,
        String artifactUri,
        String lifecycleStage,
        String runId) {}
