package dev.kiroku.transfer.source.wandb;

import dev.kiroku.transfer.source.tracker.MetricWriter;
import dev.kiroku.transfer.source.tracker.ProtobufReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What identifies and describes a run. Texts that are missing are empty.
 *
 * @param startTime milliseconds since 1970; 0 if it is missing
 */
record RunFields(
        String id,
        String entity,
        String project,
        String group,
        String jobType,
        String name,
        String notes,
        List<String> tags,
        String sweep,
        String host,
        String gitUrl,
        String gitCommit,
        long startTime) {
    private static final String NO_PROJECT = "uncategorized"; // as the server of Weights & Biases calls it

    /** Parses a message {@code RunRecord}, without its config and summary. */
    static RunFields parse(ProtobufReader run) throws IOException {
        String[] texts = new String[14];
        Arrays.fill(texts, "");
        List<String> tags = new ArrayList<>();
        String[] git = {"", "", ""};
        long start = 0;
        while (run.next()) {
            switch (run.field()) {
                case 1, 2, 3, 6, 7, 8, 9, 12, 13 -> texts[run.field()] = run.asText();
                case 10 -> tags.add(run.asText());
                case 17 -> start = millis(run.asMessage());
                case 21 -> {
                    ProtobufReader fields = run.asMessage();
                    while (fields.next()) {
                        if (fields.field() <= 2) {
                            git[fields.field()] = fields.asText();
                        }
                    }
                }
                default -> {}
            }
        }
        return new RunFields(
                texts[1],
                texts[2],
                texts[3].isEmpty() ? NO_PROJECT : texts[3],
                texts[6],
                texts[7],
                texts[8],
                texts[9],
                tags,
                texts[12],
                texts[13],
                git[1],
                git[2],
                start);
    }

    /** Returns these fields, with those of an earlier record for what is missing. */
    RunFields over(RunFields earlier) {
        return new RunFields(
                id,
                entity,
                project,
                or(group, earlier.group),
                or(jobType, earlier.jobType),
                or(name, earlier.name),
                or(notes, earlier.notes),
                tags.isEmpty() ? earlier.tags : tags,
                or(sweep, earlier.sweep),
                or(host, earlier.host),
                or(gitUrl, earlier.gitUrl),
                or(gitCommit, earlier.gitCommit),
                earlier.startTime == 0 ? startTime : earlier.startTime);
    }

    private static String or(String text, String other) {
        return text.isEmpty() ? other : text;
    }

    /** Returns the milliseconds of a message {@code google.protobuf.Timestamp}. */
    static long millis(ProtobufReader timestamp) throws IOException {
        long seconds = 0;
        long nanos = 0;
        while (timestamp.next()) {
            switch (timestamp.field()) {
                case 1 -> seconds = timestamp.asLong();
                case 2 -> nanos = timestamp.asLong();
                default -> {}
            }
        }
        return MetricWriter.millis(seconds + nanos / 1e9);
    }
}
