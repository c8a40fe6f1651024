package dev.kiroku.model.tracking;

/**
 * What is known of a run besides what it logged.
 *
 * @param runId 32 hexadecimal digits
 * @param runUuid the same again, for clients older than the name {@code run_id}
 * @param startTime milliseconds since 1970; endTime is null while the run goes on
 * @param lifecycleStage {@code active} or {@code deleted}
 */
public record RunInfo(
        String runUuid,
        String experimentId,
        String runName,
        String userId,
        RunStatus status,
        Long startTime,
        Long endTime,
        String artifactUri,
        String lifecycleStage,
        String runId) {}
