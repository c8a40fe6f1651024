package dev.kiroku.bench.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * An SVG chart of cost against size with logarithmic axes.
 *
 * @param lines the points (size and cost) of each line, by name
 */
public record LogLogChart(String title, String size, String cost, Map<String, SortedMap<Double, Double>> lines) {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 380;
    private static final int LEFT = 70;
    private static final int RIGHT = 190;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final List<String> COLOURS =
            List.of("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f");

    /** Returns the chart as an SVG document. */
    public String svg() {
        double[] sizes = decades(lines.values().stream()
                .flatMap(l -> l.keySet().stream())
                .mapToDouble(Double::doubleValue)
                .toArray());
        double[] costs = decades(lines.values().stream()
                .flatMap(l -> l.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray());
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        .formatted(WIDTH, HEIGHT));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.append(text(LEFT, 22, "start", title + " (" + cost + ")"));
        svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", size));
        for (double decade = sizes[0]; decade <= sizes[1]; decade++) {
            double x = x(Math.pow(10, decade), sizes);
            svg.append(rule(x, TOP, x, HEIGHT - BOTTOM));
            svg.append(text(x, HEIGHT - BOTTOM + 18, "middle", label(decade)));
        }
        for (double decade = costs[0]; decade <= costs[1]; decade++) {
            double y = y(Math.pow(10, decade), costs);
            svg.append(rule(LEFT, y, WIDTH - RIGHT, y));
            svg.append(text(LEFT - 8, y + 4, "end", label(decade)));
        }
        int n = 0;
        for (Map.Entry<String, SortedMap<Double, Double>> line : lines.entrySet()) {
            String colour = COLOURS.get(n % COLOURS.size());
            StringBuilder points = new StringBuilder();
            line.getValue()
                    .forEach((size, cost) ->
                            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(size, sizes), y(cost, costs))));
            svg.append("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>\n"
                    .formatted(colour, points.toString().strip()));
            line.getValue()
                    .forEach((size, cost) -> svg.append(String.format(
                            Locale.ROOT,
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                            x(size, sizes),
                            y(cost, costs),
                            colour)));
            double y = TOP + 16.0 * n++;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%.0f\" width=\"12\" height=\"3\" fill=\"%s\"/>\n",
                    WIDTH - RIGHT + 14,
                    y,
                    colour));
            svg.append(text(WIDTH - RIGHT + 32, y + 6, "start", line.getKey()));
        }
        return svg.append("</svg>\n").toString();
    }

    /** Returns the exponents of the powers of ten that enclose the values. */
    private static double[] decades(double... values) {
        double least = java.util.Arrays.stream(values).min().orElse(1);
        double greatest = java.util.Arrays.stream(values).max().orElse(10);
        double from = Math.floor(Math.log10(least));
        return new double[] {from, Math.max(from + 1, Math.ceil(Math.log10(greatest)))};
    }

    private static double x(double size, double... decades) {
        return LEFT + (Math.log10(size) - decades[0]) / (decades[1] - decades[0]) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double cost, double... decades) {
        return HEIGHT - BOTTOM - (Math.log10(cost) - decades[0]) / (decades[1] - decades[0]) * (HEIGHT - TOP - BOTTOM);
    }

    private static String label(double decade) {
        return decade >= 6
                ? (long) Math.pow(10, decade - 6) + " M"
                : decade >= 3
                        ? (long) Math.pow(10, decade - 3) + " k"
                        : decade >= 0
                                ? Long.toString((long) Math.pow(10, decade))
                                : String.format(Locale.ROOT, "%." + (int) -decade + "f", Math.pow(10, decade));
    }

    private static String rule(double x1, double y1, double x2, double y2) {
        return String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n",
                x1,
                y1,
                x2,
                y2);
    }

    private static String text(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor, text);
    }
}
