package dev.kiroku.core.tracking;

import dev.kiroku.model.KeyValue;
import java.util.LinkedHashMap;
import java.util.List;

/** Static methods on lists of tags and params. */
public final class KeyValues {
    private KeyValues() {}

    /** Returns the last item of each key, in the order of the keys. Missing values become empty. */
    public static List<KeyValue> lastValuePerKey(List<KeyValue> all) {
        var byKey = new LinkedHashMap<String, KeyValue>();
        for (KeyValue kv : all) {
            byKey.put(kv.key(), kv.value() == null ? new KeyValue(kv.key(), "") : kv);
        }
        return List.copyOf(byKey.values());
    }
}
