package dev.kiroku.transfer.source.wandb;

import dev.kiroku.transfer.source.tracker.LeftRecords;
import dev.kiroku.transfer.source.wandb.LogParser.Item;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The items of a config or summary, which records set and remove. Its size is limited. Not thread-safe. */
final class ItemMap {
    private static final long MAX_CHARACTERS = 16 << 20;

    private final String what;
    private final LeftRecords left;
    private final Map<String, String> values = new LinkedHashMap<>();
    private long size;

    /**
     * Creates a map.
     *
     * @param what the items are called if there are too many
     */
    ItemMap(String what, LeftRecords left) {
        this.what = what;
        this.left = left;
    }

    void put(List<Item> items) {
        for (Item item : items) {
            long added = (long) item.key().length() + item.json().length();
            String before = values.get(item.key());
            long removed = before == null ? 0 : (long) item.key().length() + before.length();
            if (size + added - removed > MAX_CHARACTERS) {
                left.add(what + " beyond " + (MAX_CHARACTERS >> 20) + " million characters", 1);
            } else {
                values.put(item.key(), item.json());
                size += added - removed;
            }
        }
    }

    void remove(List<Item> items) {
        for (Item item : items) {
            values.keySet().removeIf(key -> key.equals(item.key()) || key.startsWith(item.key() + "."));
        }
    }

    List<Item> items() {
        List<Item> items = new ArrayList<>(values.size());
        values.forEach((key, json) -> items.add(new Item(key, json)));
        return items;
    }
}
