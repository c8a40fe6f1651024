package dev.kiroku.server.artifacts;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of a file from a Range header (RFC 9110, section 14), in bytes. */
record ByteRange(long offset, long length) {
    private static final Pattern SINGLE_RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** A range outside the file, for status 416. */
    static final ByteRange UNSATISFIABLE = new ByteRange(-1, 0);

    /** Returns the range, or empty for the whole file: if the header has several ranges or is malformed. */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher range = SINGLE_RANGE.matcher(header.strip());
        if (!range.matches() || range.group(1).isEmpty() && range.group(2).isEmpty()) {
            return Optional.empty();
        }
        if (range.group(1).isEmpty()) {
            long last = Math.min(Long.parseLong(range.group(2)), size);
            return Optional.of(last == 0 ? UNSATISFIABLE : new ByteRange(size - last, last));
        }
        long from = Long.parseLong(range.group(1));
        long to = range.group(2).isEmpty() ? size - 1 : Math.min(Long.parseLong(range.group(2)), size - 1);
        if (!range.group(2).isEmpty() && Long.parseLong(range.group(2)) < from) {
            return Optional.empty();
        }
        return Optional.of(from >= size ? UNSATISFIABLE : new ByteRange(from, to - from + 1));
    }
}
