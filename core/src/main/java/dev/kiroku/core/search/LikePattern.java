package dev.kiroku.core.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A LIKE pattern: {@code %} matches any text, {@code _} any one character, and nothing escapes them. Matching never backtracks: the segments
 * between the percent signs are found one after the other at their leftmost positions. A segment of m characters is found in a text of n
 * characters in O(n·m/64) steps, whatever the pattern, by the bit-parallel Shift-And algorithm (Baeza-Yates and Gonnet, 1992). Immutable.
 */
public final class LikePattern {
    private final List<Segment> segments;
    private final boolean ignoreCase;

    private LikePattern(List<Segment> segments, boolean ignoreCase) {
        this.segments = segments;
        this.ignoreCase = ignoreCase;
    }

    /**
     * Returns a compiled pattern.
     *
     * @param ignoreCase whether letters match regardless of their case
     */
    public static LikePattern compile(String pattern, boolean ignoreCase) {
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        while (true) {
            int percent = pattern.indexOf('%', from);
            String segment = percent < 0 ? pattern.substring(from) : pattern.substring(from, percent);
            boolean inner = !segments.isEmpty() && percent >= 0;
            if (!inner || !segment.isEmpty()) { // between two percent signs an empty segment means nothing
                segments.add(new Segment(codePoints(segment, ignoreCase)));
            }
            if (percent < 0) {
                return new LikePattern(List.copyOf(segments), ignoreCase);
            }
            from = percent + 1;
        }
    }

    /** Returns whether the whole text matches. */
    public boolean matches(String text) {
        int[] characters = codePoints(text, ignoreCase);
        Segment first = segments.getFirst();
        if (segments.size() == 1) {
            return characters.length == first.length() && first.matchesAt(characters, 0);
        }
        Segment last = segments.getLast();
        int end = characters.length - last.length();
        if (first.length() > end || !first.matchesAt(characters, 0) || !last.matchesAt(characters, end)) {
            return false;
        }
        int position = first.length();
        for (Segment inner : segments.subList(1, segments.size() - 1)) {
            position = inner.findEnd(characters, position, end);
            if (position < 0) {
                return false;
            }
        }
        return true;
    }

    private static int[] codePoints(String text, boolean ignoreCase) {
        int[] characters = text.codePoints().toArray();
        if (ignoreCase) {
            for (int i = 0; i < characters.length; i++) {
                // As java.util.regex does: two characters are equal if they are after this.
                characters[i] = Character.toLowerCase(Character.toUpperCase(characters[i]));
            }
        }
        return characters;
    }

    /** Characters and underscores between two percent signs. */
    private static final class Segment {
        private static final int[] NONE = {};

        private final int[] pattern;
        private final int words;
        /** The positions of underscores, as a bit set. */
        private final long[] any;
        /** The positions of a frequent character and of underscores, as bit sets; at most 64, each character having at least 1/64 of all positions. */
        private final Map<Integer, long[]> frequent = new HashMap<>();
        /** The positions of each other character. */
        private final Map<Integer, int[]> rare = new HashMap<>();

        Segment(int[] pattern) {
            this.pattern = pattern;
            this.words = (pattern.length + Long.SIZE - 1) / Long.SIZE;
            this.any = new long[words];
            Map<Integer, List<Integer>> positions = new HashMap<>();
            for (int i = 0; i < pattern.length; i++) {
                if (pattern[i] == '_') {
                    set(any, i);
                } else {
                    positions
                            .computeIfAbsent(pattern[i], _ -> new ArrayList<>())
                            .add(i);
                }
            }
            positions.forEach((character, at) -> {
                if (at.size() >= words) {
                    long[] mask = any.clone();
                    at.forEach(i -> set(mask, i));
                    frequent.put(character, mask);
                } else {
                    rare.put(character, at.stream().mapToInt(Integer::intValue).toArray());
                }
            });
        }

        private static void set(long[] bits, int i) {
            bits[i / Long.SIZE] |= 1L << i;
        }

        int length() {
            return pattern.length;
        }

        boolean matchesAt(int[] text, int from) {
            for (int i = 0; i < pattern.length; i++) {
                if (pattern[i] != '_' && pattern[i] != text[from + i]) {
                    return false;
                }
            }
            return true;
        }

        /**
         * Returns the end of the leftmost match in a part of a text, or -1. Bit i of the state says that the characters of the pattern up to i
         * match those of the text up to the current one.
         */
        int findEnd(int[] text, int from, int to) {
            if (pattern.length > to - from) {
                return -1;
            }
            long[] state = new long[words];
            long[] shifted = new long[words];
            int lastBit = pattern.length - 1;
            for (int i = from; i < to; i++) {
                long carry = 1;
                for (int w = 0; w < words; w++) {
                    shifted[w] = state[w] << 1 | carry;
                    carry = state[w] >>> Long.SIZE - 1;
                }
                long[] mask = frequent.getOrDefault(text[i], any);
                for (int w = 0; w < words; w++) {
                    state[w] = shifted[w] & mask[w];
                }
                for (int position : rare.getOrDefault(text[i], NONE)) {
                    state[position / Long.SIZE] |= shifted[position / Long.SIZE] & 1L << position;
                }
                if ((state[lastBit / Long.SIZE] & 1L << lastBit) != 0) {
                    return i + 1;
                }
            }
            return -1;
        }
    }
}
