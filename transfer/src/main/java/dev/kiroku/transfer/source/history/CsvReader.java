package dev.kiroku.transfer.source.history;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads comma-separated values, as of RFC 4180. */
final class CsvReader {
    private static final int MAX_ROW = 16 << 20;

    private final Reader in;
    private int ahead;

    /** @param in buffered */
    CsvReader(Reader in) throws IOException {
        this.in = in;
        this.ahead = in.read();
        if (ahead == '\ufeff') {
            ahead = in.read();
        }
    }

    /** Reads a row; returns null after the last one. */
    @Nullable List<String> next() throws IOException {
        if (ahead < 0) {
            return null;
        }
        List<String> row = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        int size = 0;
        boolean quoted = false;
        while (true) {
            int c = ahead;
            ahead = c < 0 ? -1 : in.read();
            if (++size > MAX_ROW) {
                throw new IOException("a row has more than " + (MAX_ROW >> 20) + " million characters");
            }
            if (quoted) {
                if (c < 0) {
                    throw new IOException("it ends within quotes");
                }
                if (c == '"' && ahead != '"') {
                    quoted = false;
                } else {
                    value.append((char) c);
                    ahead = c == '"' ? in.read() : ahead; // two quotes are one
                }
            } else if (c == '"' && value.isEmpty()) {
                quoted = true;
            } else if (c == ',' || c == '\n' || c < 0) {
                row.add(value.toString());
                value.setLength(0);
                if (c != ',') {
                    return row;
                }
            } else if (c != '\r') {
                value.append((char) c);
            }
        }
    }
}
