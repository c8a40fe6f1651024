package dev.kiroku.cli.remote;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of text. Each column is as wide as its widest cell. Not thread-safe. */
public final class TextTable {
    private static final int MAX_WIDTH = 72;

    private final List<String[]> rows = new ArrayList<>();

    /** Creates a table with the headings of its columns. */
    public TextTable(String... headings) {
        rows.add(headings);
    }

    /** Adds a row. Null cells are printed as a dash. */
    public TextTable addRow(Object... cells) {
        rows.add(Arrays.stream(cells).map(TextTable::formatCell).toArray(String[]::new));
        return this;
    }

    private static String formatCell(Object value) {
        // Values come from other users: control characters must not reach the terminal.
        String text = value == null ? "-" : value.toString().replaceAll("\\p{Cntrl}+", " ");
        return text.codePointCount(0, text.length()) <= MAX_WIDTH
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MAX_WIDTH - 1)) + "…";
    }

    /** Prints the table. */
    public void print(PrintStream out, AnsiColors paint) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
            }
        });
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = row == rows.getFirst() ? paint.heading(row[i]) : paint.status(row[i]);
                line.append(cell)
                        .append(" "
                                .repeat(
                                        i == columns - 1
                                                ? 0
                                                : widths[i] - row[i].codePointCount(0, row[i].length()) + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
