package dev.kiroku.transfer.source.wandb;

import dev.kiroku.transfer.source.tracker.ProtobufReader;
import dev.kiroku.transfer.source.tracker.RecordConsumer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Parses the records of a {@code .wandb} file, messages {@code Record} of Weights &amp; Biases. */
record LogParser(LogListener listener) implements RecordConsumer {
    private static final int UPDATE = 1;
    private static final int REMOVE = 2;

    /**
     * An item of the history, config or summary.
     *
     * @param key with dots between the keys of nested objects
     * @param json the value
     */
    record Item(String key, String json) {}

    @Override
    public boolean accept(byte[] data) throws IOException {
        ProtobufReader record = new ProtobufReader(data);
        while (record.next()) {
            switch (record.field()) {
                case 2 -> parseHistory(record.asMessage());
                case 3 -> parseSummary(record.asMessage());
                case 4, 13, 27 -> listener.onOther("lines of console output");
                case 5 -> parseConfig(record.asMessage());
                case 7 -> parseStats(record.asMessage());
                case 8 -> listener.onOther("artifacts");
                case 9 -> listener.onOther("links to folders of TensorBoard");
                case 10 -> listener.onOther("alerts");
                case 17 -> parseRun(record);
                case 18 -> parseExit(record.asMessage());
                case 25 -> listener.onOther("uses of artifacts");
                default -> {}
            }
        }
        return true;
    }

    private void parseRun(ProtobufReader record) throws IOException {
        listener.onRun(RunFields.parse(record.asMessage()));
        ProtobufReader run = record.asMessage();
        while (run.next()) {
            switch (run.field()) {
                case 4 -> parseConfig(run.asMessage());
                case 5 -> parseSummary(run.asMessage());
                default -> {}
            }
        }
    }

    private void parseHistory(ProtobufReader history) throws IOException {
        List<Item> items = new ArrayList<>();
        long step = 0;
        while (history.next()) {
            switch (history.field()) {
                case 1 -> items.add(item(history.asMessage()));
                case 2 -> step = firstInteger(history.asMessage());
                default -> {}
            }
        }
        listener.onHistory(items, step);
    }

    private void parseConfig(ProtobufReader config) throws IOException {
        List<Item> updated = new ArrayList<>();
        List<Item> removed = new ArrayList<>();
        parseChanges(config, updated, removed);
        listener.onConfig(updated);
        listener.onConfigRemoved(removed);
    }

    private void parseSummary(ProtobufReader summary) throws IOException {
        List<Item> updated = new ArrayList<>();
        List<Item> removed = new ArrayList<>();
        parseChanges(summary, updated, removed);
        listener.onSummary(updated);
        listener.onSummaryRemoved(removed);
    }

    private static void parseChanges(ProtobufReader message, List<Item> updated, List<Item> removed)
            throws IOException {
        while (message.next()) {
            switch (message.field()) {
                case UPDATE -> updated.add(item(message.asMessage()));
                case REMOVE -> removed.add(item(message.asMessage()));
                default -> {}
            }
        }
    }

    private void parseStats(ProtobufReader stats) throws IOException {
        List<Item> items = new ArrayList<>();
        long timestamp = 0;
        while (stats.next()) {
            switch (stats.field()) {
                case 2 -> timestamp = RunFields.millis(stats.asMessage());
                case 3 -> items.add(item(stats.asMessage()));
                default -> {}
            }
        }
        listener.onStats(items, timestamp);
    }

    private void parseExit(ProtobufReader exit) throws IOException {
        listener.onExit(firstInteger(exit));
    }

    private static long firstInteger(ProtobufReader message) throws IOException {
        long number = 0;
        while (message.next()) {
            if (message.field() == 1) {
                number = message.asLong();
            }
        }
        return number;
    }

    private static Item item(ProtobufReader message) throws IOException {
        String key = "";
        StringJoiner nested = new StringJoiner(".");
        String json = "";
        while (message.next()) {
            switch (message.field()) {
                case 1 -> key = message.asText();
                case 2 -> nested.add(message.asText());
                case 16 -> json = message.asText();
                default -> {}
            }
        }
        return new Item(key.isEmpty() ? nested.toString() : key, json);
    }
}
