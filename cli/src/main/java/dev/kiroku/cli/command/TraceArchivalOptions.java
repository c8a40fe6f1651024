package dev.kiroku.cli.command;

import static dev.kiroku.cli.command.CommandOptions.flag;
import static dev.kiroku.cli.command.CommandOptions.option;

import dev.kiroku.cli.config.UsageException;
import dev.kiroku.client.TrackingClient;
import dev.kiroku.model.KeyValue;
import dev.kiroku.model.tracking.ExperimentApi;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of MLflow that set the tags by which an MLflow server archives traces. Kiroku keeps the tags and has no traces. */
final class TraceArchivalOptions {
    private static final String RETENTION = "--trace-archival-retention";
    private static final String CLEAR_RETENTION = "--clear-trace-archival-retention";
    private static final String ARCHIVE_NOW = "--trace-archive-now";
    private static final String ARCHIVE_OLDER = "--trace-archive-now-older-than";
    private static final String CLEAR_ARCHIVE = "--clear-trace-archive-now";
    private static final String RETENTION_TAG = "mlflow.trace.archivalRetention";
    private static final String ARCHIVE_TAG = "mlflow.trace.archiveNow";

    OptionSpec retention() {
        return option(RETENTION, "DURATION", "How long an MLflow server keeps traces, such as 30d or 12h.");
    }

    OptionSpec[] all() {
        return new OptionSpec[] {
            retention(),
            flag(CLEAR_RETENTION, "Remove that setting."),
            flag(ARCHIVE_NOW, "Ask an MLflow server to archive the traces now."),
            option(ARCHIVE_OLDER, "DURATION", "Ask it to archive traces that are older."),
            flag(CLEAR_ARCHIVE, "Take that request back.")
        };
    }

    List<KeyValue> tagsForCreation(ParseResult arguments) {
        String retention = duration(arguments, RETENTION);
        return retention == null ? List.of() : List.of(new KeyValue(RETENTION_TAG, retentionJson(retention)));
    }

    /** Sets and deletes tags; returns what has changed, in the words of MLflow. */
    List<String> apply(TrackingClient server, String experimentId, ParseResult arguments) {
        String retention = duration(arguments, RETENTION);
        String older = duration(arguments, ARCHIVE_OLDER);
        boolean clearRetention = arguments.hasMatchedOption(CLEAR_RETENTION);
        boolean now = arguments.hasMatchedOption(ARCHIVE_NOW);
        boolean clearArchive = arguments.hasMatchedOption(CLEAR_ARCHIVE);
        exclude(retention != null && clearRetention, RETENTION, CLEAR_RETENTION);
        exclude(now && older != null, ARCHIVE_NOW, ARCHIVE_OLDER);
        exclude(clearArchive && now, CLEAR_ARCHIVE, ARCHIVE_NOW);
        exclude(clearArchive && older != null, CLEAR_ARCHIVE, ARCHIVE_OLDER);
        if (retention == null && older == null && !clearRetention && !now && !clearArchive) {
            throw new UsageException("give at least one option to update");
        }
        List<String> changes = new ArrayList<>();
        Tags tags = new Tags(server, experimentId);
        if (retention != null) {
            tags.set(RETENTION_TAG, retentionJson(retention));
            changes.add("set trace archival retention to " + retention);
        } else if (clearRetention) {
            changes.add(
                    tags.delete(RETENTION_TAG)
                            ? "cleared trace archival retention override"
                            : "trace archival retention override was already unset");
        }
        if (now || older != null) {
            tags.set(ARCHIVE_TAG, now ? "{}" : "{\"older_than\": \"" + older + "\"}");
            changes.add("requested archive-now " + (now ? "" : "for traces older than " + older + " ")
                    + "on the next scheduler pass");
        } else if (clearArchive) {
            changes.add(
                    tags.delete(ARCHIVE_TAG)
                            ? "cleared pending archive-now request"
                            : "archive-now request was already unset");
        }
        return changes;
    }

    private static void exclude(boolean both, String option, String other) {
        if (both) {
            throw new UsageException("give either " + option + " or " + other);
        }
    }

    private static String duration(ParseResult arguments, String option) {
        String value = RemoteCommandSupport.findOption(arguments, option);
        if (value != null && !value.strip().matches("[1-9]\\d{0,30}[mhd]")) {
            throw new UsageException(
                    option + " must be a number with one of the units m, h and d, such as 30d (got '" + value + "')");
        }
        return value == null ? null : value.strip();
    }

    private static String retentionJson(String retention) {
        return "{\"type\": \"duration\", \"value\": \"" + retention + "\"}";
    }

    private record Tags(TrackingClient server, String experimentId) {
        void set(String key, String value) {
            server.call(ExperimentApi.SET_TAG, new ExperimentApi.SetExperimentTagRequest(experimentId, key, value));
        }

        /** Deletes a tag; returns false if there is none. */
        boolean delete(String key) {
            boolean present = server
                    .call(ExperimentApi.GET_BY_ID, new ExperimentApi.ExperimentIdRequest(experimentId))
                    .experiment()
                    .tags()
                    .stream()
                    .anyMatch(tag -> tag.key().equals(key));
            if (present) {
                server.call(ExperimentApi.DELETE_TAG, new ExperimentApi.DeleteExperimentTagRequest(experimentId, key));
            }
            return present;
        }
    }
}
