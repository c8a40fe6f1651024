package dev.kiroku.wire;

/** Which strings stores can keep. */
final class StorableText {
    private StorableText() {}

    /**
     * Returns the index of the first character that no store can keep, or -1: NUL, which PostgreSQL does not have, or half of a surrogate
     * pair.
     */
    static int firstUnstorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }
}
