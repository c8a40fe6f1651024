package dev.kiroku.transfer.source.tensorboard;

import dev.kiroku.model.tracking.RunStatus;
import dev.kiroku.transfer.source.tracker.Numbers;
import dev.kiroku.transfer.source.tracker.ProtobufReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Parses the data of TensorBoard's hparams plug-in: the hyperparameters and the end of a session. */
record HparamsParser(EventListener listener) {
    static final String PLUGIN = "hparams";

    private static final int MAX_DEPTH = 20;
    private static final int FAILURE = 2;
    private static final int RUNNING = 3;

    /** Parses a message {@code HParamsPluginData}. */
    void parse(ProtobufReader data) throws IOException {
        while (data.next()) {
            switch (data.field()) {
                case 3 -> parseStart(data.asMessage());
                case 4 -> parseEnd(data.asMessage());
                default -> {}
            }
        }
    }

    private void parseStart(ProtobufReader start) throws IOException {
        while (start.next()) {
            if (start.field() == 1) {
                ProtobufReader entry = start.asMessage();
                String name = "";
                String value = "";
                while (entry.next()) {
                    switch (entry.field()) {
                        case 1 -> name = entry.asText();
                        case 2 -> value = text(entry.asMessage(), 0);
                        default -> {}
                    }
                }
                listener.onParam(name, value);
            }
        }
    }

    private void parseEnd(ProtobufReader end) throws IOException {
        while (end.next()) {
            if (end.field() == 1) {
                listener.onStatus(
                        switch ((int) end.asLong()) {
                            case FAILURE -> RunStatus.FAILED;
                            case RUNNING -> RunStatus.RUNNING;
                            default -> RunStatus.FINISHED;
                        });
            }
        }
    }

    /** Returns the text of a message {@code google.protobuf.Value}, as Python writes the value. */
    private static String text(ProtobufReader value, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("a hyperparameter is nested too deeply");
        }
        String text = "";
        while (value.next()) {
            text = switch (value.field()) {
                case 1 -> "None";
                case 2 -> Numbers.formatShort(value.asDouble());
                case 3 -> value.asText();
                case 4 -> value.asLong() == 0 ? "False" : "True";
                case 6 -> list(value.asMessage(), depth);
                default -> text;
            };
        }
        return text;
    }

    private static String list(ProtobufReader list, int depth) throws IOException {
        List<String> items = new ArrayList<>();
        while (list.next()) {
            if (list.field() == 1) {
                items.add(text(list.asMessage(), depth + 1));
            }
        }
        return "[" + String.join(", ", items) + "]";
    }
}
