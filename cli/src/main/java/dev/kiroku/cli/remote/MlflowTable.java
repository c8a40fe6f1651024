package dev.kiroku.cli.remote;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** A table in the form that the commands of MLflow print, for scripts that parse it: a line of headings, a line of dashes, the rows. Not thread-safe. */
public final class MlflowTable {
    private static final int MIN_WIDTH = 4;
    private static final String SEPARATOR = "  ";

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    /** Creates a table with the headings of its columns. */
    public MlflowTable(String... headings) {
        this.headings = List.of(headings);
    }

    /** Adds a row. Control characters are replaced, because values come from other users. */
    public void addRow(String... cells) {
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(cell == null ? "" : cell.replaceAll("\\p{Cntrl}", " "));
        }
        rows.add(row);
    }

    /** Sorts the rows by their cells from left to right. */
    public void sort(boolean descending) {
        Comparator<List<String>> order = Comparator.comparing(List::getFirst);
        for (int i = 1; i < headings.size(); i++) {
            int column = i;
            order = order.thenComparing(row -> row.get(column));
        }
        rows.sort(descending ? Collections.reverseOrder(order) : order);
    }

    /** Prints the table. */
    public void print(PrintStream out) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            int longest =
                    rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
            widths[i] = Math.max(Math.max(longest, headings.get(i).length() + 2), MIN_WIDTH);
        }
        out.println(line(headings, widths));
        List<String> dashes = new ArrayList<>();
        for (int width : widths) {
            dashes.add("-".repeat(width));
        }
        out.println(String.join(SEPARATOR, dashes));
        rows.forEach(row -> out.println(line(row, widths)));
    }

    private static String line(List<String> cells, int[] widths) {
        List<String> padded = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
            padded.add(cells.get(i) + " ".repeat(widths[i] - length(cells.get(i))));
        }
        return String.join(SEPARATOR, padded);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
