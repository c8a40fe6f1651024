package dev.kiroku.core.tracking;

import dev.kiroku.model.KeyValue;
import java.util.LinkedHashMap;
import java.util.List;

/** What is done to lists of tags and params alike. */
public final class KeyValues {
    private KeyValues() {}

    /** Where a key comes several times the last one counts; a missing value is an empty one. */
    public static List<KeyValue> lastValuePerKey(List<KeyValue> all) {
        var byKey = new LinkedHashMap<String, KeyValue>();
        for (KeyValue kv : all) {
            byKey.put(kv.key(), kv.value() == null ? new KeyValue(kv.key(), "") : kv);
        }
        return List.copyOf(byKey.values());
    }
}
