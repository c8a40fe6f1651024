package dev.kiroku.core.yaml;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;

/** A parser that fails where a document exceeds a limit, before anything is made of it. An alias counts as all that it stands for. Not thread-safe. */
final class LimitedParser implements Parser {
    /** Levels of nesting. What reads the values may be recursive. */
    static final int MAX_DEPTH = 100;

    /** Scalars, lists and mappings. */
    static final int MAX_NODES = 50_000;

    /** @param depth levels of nesting; 0 for a scalar */
    private record Extent(long nodes, int depth) {
        private static final Extent SCALAR = new Extent(1, 0);
    }

    /** A list or mapping that has not ended. */
    private static final class OpenCollection {
        private final Optional<Anchor> anchor;
        private final long nodesBefore;
        private int depth = 1;

        OpenCollection(Optional<Anchor> anchor, long nodesBefore) {
            this.anchor = anchor;
            this.nodesBefore = nodesBefore;
        }
    }

    private final Parser parser;
    private final Map<String, Extent> anchors = new HashMap<>();
    private final Deque<OpenCollection> open = new ArrayDeque<>();
    private @Nullable Event checked;
    private long nodes;

    LimitedParser(Parser parser) {
        this.parser = parser;
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return hasNext() && peekEvent().getEventId() == choice;
    }

    @Override
    public Event peekEvent() {
        Event event = parser.peekEvent();
        if (event != checked) {
            check(event);
            checked = event;
        }
        return event;
    }

    @Override
    public Event next() {
        peekEvent();
        return parser.next();
    }

    private void check(Event event) {
        switch (event) {
            case ScalarEvent scalar -> {
                add(Extent.SCALAR);
                scalar.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), Extent.SCALAR));
            }
            case CollectionStartEvent start -> {
                start.getAnchor().ifPresent(anchor -> anchors.remove(anchor.getValue())); // unknown until its end
                open.push(new OpenCollection(start.getAnchor(), nodes));
                add(Extent.SCALAR);
            }
            case CollectionEndEvent _ -> {
                OpenCollection ended = open.pop();
                Extent extent = new Extent(nodes - ended.nodesBefore, ended.depth);
                ended.anchor.ifPresent(anchor -> anchors.put(anchor.getValue(), extent));
                nest(extent.depth());
            }
            case AliasEvent alias -> {
                Extent extent = anchors.get(alias.getAlias().getValue());
                if (extent == null) {
                    throw new YamlEngineException("the alias *"
                            + alias.getAlias().getValue() + " stands for nothing, or for something that contains it");
                }
                add(extent);
                nest(extent.depth());
            }
            default -> {}
        }
    }

    private void add(Extent extent) {
        nodes += extent.nodes();
        if (nodes > MAX_NODES) {
            throw new YamlEngineException("it has more than " + MAX_NODES + " values");
        }
        if (open.size() > MAX_DEPTH) {
            throw new YamlEngineException("it is nested more than " + MAX_DEPTH + " levels deep");
        }
    }

    /** Records that the innermost open collection contains one of a depth. */
    private void nest(int depth) {
        if (open.size() + depth > MAX_DEPTH) {
            throw new YamlEngineException("it is nested more than " + MAX_DEPTH + " levels deep");
        }
        OpenCollection parent = open.peek();
        if (parent != null) {
            parent.depth = Math.max(parent.depth, depth + 1);
        }
    }
}
