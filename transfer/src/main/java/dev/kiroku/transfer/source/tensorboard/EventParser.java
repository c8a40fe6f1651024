package dev.kiroku.transfer.source.tensorboard;

import dev.kiroku.transfer.source.tracker.ProtobufReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Parses the events of one run, TensorFlow's messages {@code Event} and {@code Summary}. Values are written in two forms: those of the first releases
 * have a field for each kind, later ones are tensors, with a plug-in that the first value of a tag names. Not thread-safe.
 */
final class EventParser {
    private static final int MAX_TAGS = 100_000;
    private static final String SCALARS = "scalars";
    /** The names of the kinds of data by their plug-ins. */
    private static final Map<String, String> KINDS = Map.of(
            "images", "images",
            "text", "texts",
            "histograms", "histograms",
            "distributions", "histograms",
            "audio", "audio clips",
            "pr_curves", "PR curves",
            "mesh", "meshes");

    private final EventListener listener;
    private final Map<String, String> plugins = new HashMap<>();

    /** Creates a parser. */
    EventParser(EventListener listener) {
        this.listener = listener;
    }

    /**
     * Parses an event.
     *
     * @throws IOException if it is damaged; its first values may have been passed already
     */
    void parse(byte[] event) throws IOException {
        double seconds = 0;
        long step = 0;
        ProtobufReader fields = new ProtobufReader(event);
        while (fields.next()) {
            switch (fields.field()) {
                case 1 -> seconds = fields.asDouble();
                case 2 -> step = fields.asLong();
                default -> {}
            }
        }
        listener.onEvent(seconds);
        fields = new ProtobufReader(event);
        while (fields.next()) {
            switch (fields.field()) {
                case 4, 9 -> listener.onOther("graphs");
                case 5 -> parseSummary(fields.asMessage(), seconds, step);
                case 8 -> listener.onOther("profiles");
                default -> {}
            }
        }
    }

    private void parseSummary(ProtobufReader summary, double seconds, long step) throws IOException {
        while (summary.next()) {
            if (summary.field() == 1) {
                parseValue(summary.asMessage(), seconds, step);
            }
        }
    }

    private void parseValue(ProtobufReader value, double seconds, long step) throws IOException {
        String tag = "";
        String plugin = "";
        String legacyKind = "";
        Double scalar = null;
        TensorScalar tensor = null;
        ProtobufReader pluginData = null;
        while (value.next()) {
            switch (value.field()) {
                case 1 -> tag = value.asText();
                case 2 -> scalar = (double) value.asFloat();
                case 4 -> legacyKind = "images";
                case 5 -> legacyKind = "histograms";
                case 6 -> legacyKind = "audio clips";
                case 8 -> tensor = TensorScalar.parse(value.asMessage());
                case 9 -> {
                    ProtobufReader metadata = value.asMessage();
                    while (metadata.next()) {
                        if (metadata.field() == 1) {
                            ProtobufReader data = metadata.asMessage();
                            while (data.next()) {
                                switch (data.field()) {
                                    case 1 -> plugin = data.asText();
                                    case 2 -> pluginData = data.asMessage();
                                    default -> {}
                                }
                            }
                        }
                    }
                }
                default -> {}
            }
        }
        if (plugin.isEmpty()) {
            plugin = plugins.getOrDefault(tag, "");
        } else if (plugins.size() < MAX_TAGS) {
            plugins.putIfAbsent(tag, plugin);
        }
        if (plugin.equals(HparamsParser.PLUGIN)) {
            if (pluginData != null) {
                new HparamsParser(listener).parse(pluginData);
            }
        } else if (scalar != null) {
            listener.onScalar(tag, seconds, step, scalar);
        } else if (!legacyKind.isEmpty()) {
            listener.onOther(legacyKind);
        } else if (tensor != null && plugin.equals(SCALARS) && tensor.value() != null) {
            listener.onScalar(tag, seconds, step, tensor.value());
        } else if (tensor != null) {
            listener.onOther(KINDS.getOrDefault(plugin, "other tensors"));
        }
    }
}
