package dev.kiroku.core.search;

import dev.kiroku.core.search.Field.Kind;
import dev.kiroku.model.KirokuException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A parser that goes through the text once, from left to right, and always knows where it is.
 *
 * <pre>
 * filter     := { AND | condition }                      AND may be left out or doubled, as MLflow has it
 * condition  := field comparator value | field IS [NOT] NULL
 * field      := [ kind '.' ] key                         without a kind: an attribute
 * key        := name | '`' any '`' | '"' any '"'
 * value      := number | text | '(' text { ',' text } [ ',' ] ')'
 * text       := "'" any "'" | '"' any '"'                a quote within is doubled or has a backslash, and stays as written
 * order      := field [ ASC | DESC ]
 * </pre>
 */
final class Parser {
    private static final int SHOWN = 60;

    private final Grammar grammar;
    private final String what;
    private final String text;
    private int at;

    /** @param what how errors call the text */
    Parser(Grammar grammar, String what, String text) {
        this.grammar = grammar;
        this.what = what;
        this.text = text;
    }

    List<Condition> conditions(int limit) {
        List<Condition> all = new ArrayList<>();
        skipBlanks();
        while (!atEnd()) {
            if (!acceptWord("AND")) {
                if (all.size() == limit) {
                    throw wrong(at, "it has more than " + limit + " conditions");
                }
                all.add(condition());
            }
            skipBlanks();
        }
        if (all.isEmpty()) {
            throw wrong(0, "there is no condition in it; one looks like metrics.accuracy > 0.9");
        }
        return all;
    }

    /** Conditions with AND between them, exactly: where much depends on it, what is forgotten is told. */
    List<Stated> stated(int limit) {
        List<Stated> all = new ArrayList<>();
        do {
            skipBlanks();
            int start = at;
            Condition condition = condition();
            all.add(new Stated(text.substring(start, at).strip(), condition));
            if (all.size() > limit) {
                throw wrong(start, "it has more than " + limit + " conditions");
            }
            skipBlanks();
        } while (acceptWord("AND"));
        if (!atEnd()) {
            throw wrong(at, "expected AND or the end");
        }
        return all;
    }

    OrderTerm orderTerm() {
        Field field = field();
        boolean gap = skipBlanks();
        boolean ascending = true;
        if (!atEnd()) {
            int place = at;
            if (gap && acceptWord("DESC")) {
                ascending = false;
            } else if (!gap || !acceptWord("ASC")) {
                throw wrong(place, "expected ASC, DESC or the end");
            }
        }
        skipBlanks();
        if (!atEnd()) {
            throw wrong(at, "expected the end");
        }
        return new OrderTerm(field, ascending);
    }

    private Condition condition() {
        Field field = field();
        int end = at;
        skipBlanks();
        int place = at;
        if (grammar.isFlag(field) && (atEnd() || isWordPart(text.charAt(at)))) {
            at = end;
            return new Condition(field, Comparator.EQ, new Operand.Text("true"));
        }
        Comparator comparator = comparator();
        Set<Comparator> allowed = grammar.comparators(field);
        if (!allowed.contains(comparator)) {
            throw wrong(
                    place,
                    "invalid comparator '" + comparator.symbol() + "' for " + describe(field) + ", which takes "
                            + symbols(allowed));
        }
        skipBlanks();
        return new Condition(field, comparator, operand(field, comparator));
    }

    private Field field() {
        skipBlanks();
        int place = at;
        if (atEnd() || !(isWordPart(text.charAt(at)) || text.charAt(at) == '`')) {
            throw wrong(place, "expected what to look at, such as " + examples());
        }
        String first = text.charAt(at) == '`' ? quoted() : word();
        if (atEnd() || text.charAt(at) != '.') {
            return attribute(first, place);
        }
        at++;
        Kind kind = grammar.kinds().get(first);
        if (kind == null) {
            throw wrong(
                    place,
                    "invalid entity type '" + shorten(first) + "'; valid ones for " + grammar.things() + " are "
                            + list(grammar.kinds().keySet()));
        }
        int keyPlace = at;
        String key = atEnd()
                ? ""
                : switch (text.charAt(at)) {
                    case '`', '"', '\'' -> quoted();
                    default -> dottedName();
                };
        if (kind == Kind.ATTRIBUTE
                && key.endsWith(".")
                && !atEnd()
                && (text.charAt(at) == '`' || text.charAt(at) == '"')) {
            key += quoted();
        }
        return switch (kind) {
            case ATTRIBUTE -> attribute(key, keyPlace);
            case DATASET -> {
                if (!grammar.datasetKeys().contains(key)) {
                    throw wrong(
                            keyPlace,
                            "invalid dataset key '" + shorten(key) + "'; valid ones are "
                                    + list(grammar.datasetKeys()));
                }
                yield new Field(kind, key);
            }
            default -> new Field(kind, key);
        };
    }

    private Field attribute(String name, int place) {
        Grammar.Attribute attribute = grammar.attribute(name);
        if (attribute == null) {
            throw wrong(
                    place,
                    "invalid attribute key '" + shorten(name) + "'; valid ones for " + grammar.things() + " are "
                            + list(grammar.attributes().values().stream()
                                    .map(Grammar.Attribute::name)
                                    .distinct()
                                    .sorted()
                                    .toList()));
        }
        return new Field(Kind.ATTRIBUTE, attribute.name());
    }

    private Comparator comparator() {
        for (Comparator symbol : new Comparator[] {
            Comparator.NE, Comparator.LE, Comparator.GE, Comparator.EQ, Comparator.LT, Comparator.GT
        }) {
            if (text.startsWith(symbol.symbol(), at)) {
                int end = at + symbol.symbol().length();
                if (end < text.length() && "=<>!".indexOf(text.charAt(end)) >= 0) {
                    throw wrong(at, "there is no comparator '" + text.substring(at, end + 1) + "'");
                }
                at = end;
                return symbol;
            }
        }
        if (acceptWord("LIKE")) {
            return Comparator.LIKE;
        }
        if (acceptWord("ILIKE")) {
            return Comparator.ILIKE;
        }
        if (acceptWord("IN")) {
            return Comparator.IN;
        }
        if (acceptWord("NOT") && skipBlanks() && acceptWord("IN")) {
            return Comparator.NOT_IN;
        }
        if (acceptWord("IS") && skipBlanks()) {
            boolean not = acceptWord("NOT") && skipBlanks();
            if (acceptWord("NULL")) {
                return not ? Comparator.IS_NOT_NULL : Comparator.IS_NULL;
            }
        }
        throw wrong(
                at, "expected a comparator, one of =, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL, IS NOT NULL");
    }

    private Operand operand(Field field, Comparator comparator) {
        return switch (comparator) {
            case IS_NULL, IS_NOT_NULL -> new Operand.None();
            case IN, NOT_IN -> textList();
            default ->
                grammar.isFlag(field)
                        ? truth(field)
                        : grammar.isNumber(field)
                                ? numberOrReference(field)
                                : new Operand.Text(textValue(
                                        "a quoted string value for " + describe(field) + ", such as 'my-value'"));
        };
    }

    private Operand truth(Field field) {
        for (String word : List.of("true", "false")) {
            if (acceptWord(word)) {
                return new Operand.Text(word);
            }
        }
        throw wrong(at, "expected true or false for " + describe(field));
    }

    private Operand numberOrReference(Field field) {
        if (!grammar.hasReferences() || atEnd() || !Character.isLetter(text.charAt(at)) && text.charAt(at) != '`') {
            return number(field);
        }
        int place = at;
        String holder = text.charAt(at) == '`' ? quoted() : alias();
        if (!accept('.') || !(acceptWord("metrics") || acceptWord("metric")) || !accept('.')) {
            throw wrong(
                    place,
                    "expected a number, or a metric of the version that an alias points at, such as champion.metrics.accuracy - 0.005");
        }
        String metric = !atEnd() && text.charAt(at) == '`' ? quoted() : dottedName();
        if (metric.isEmpty()) {
            throw wrong(at, "expected the name of a metric");
        }
        return new Operand.Reference(holder, metric, term(field, '*', 1), term(field, '+', 0) - term(field, '-', 0));
    }

    private String alias() {
        int start = at;
        while (!atEnd() && (isWordPart(text.charAt(at)) || text.charAt(at) == '-')) {
            at++;
        }
        return text.substring(start, at);
    }

    /** The number behind an operator, or what counts when the operator is not there. */
    private double term(Field field, char operator, double otherwise) {
        int end = at;
        skipBlanks();
        if (!accept(operator)) {
            at = end;
            return otherwise;
        }
        skipBlanks();
        return number(field) instanceof Operand.Real(double value) ? value : otherwise;
    }

    private Operand textList() {
        if (atEnd() || text.charAt(at) != '(') {
            throw wrong(at, "expected a list of quoted texts in parentheses, such as ('a', 'b')");
        }
        at++;
        List<String> values = new ArrayList<>();
        while (true) {
            skipBlanks();
            if (!values.isEmpty() && accept(')')) {
                return new Operand.TextList(values);
            }
            values.add(textValue("a quoted text in the list; it must not be empty"));
            skipBlanks();
            if (accept(')')) {
                return new Operand.TextList(values);
            }
            if (!accept(',')) {
                throw wrong(at, "expected , or ) in the list");
            }
        }
    }

    private Operand number(Field field) {
        int start = at;
        accept('-');
        int digits = digits();
        if (accept('.')) {
            digits += digits();
        }
        if (digits > 0 && !atEnd() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (!accept('-')) {
                accept('+');
            }
            digits = digits();
        }
        if (digits == 0 || !atEnd() && isWordPart(text.charAt(at))) {
            throw wrong(start, "expected a number (numeric value) for " + describe(field));
        }
        String literal = text.substring(start, at);
        if (field.kind() == Kind.ATTRIBUTE && literal.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9')) {
            if (literal.length() > 40) {
                throw wrong(start, "the number has too many digits");
            }
            BigDecimal exact = new BigDecimal(literal);
            // Beyond all times there are: the nearest that can be kept compares alike.
            long whole = exact.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                    ? Long.MAX_VALUE
                    : exact.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0 ? Long.MIN_VALUE : exact.longValue();
            return new Operand.Whole(whole);
        }
        return new Operand.Real(Double.parseDouble(literal));
    }

    private int digits() {
        int start = at;
        while (!atEnd() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at - start;
    }

    private String textValue(String expected) {
        if (atEnd() || text.charAt(at) != '\'' && text.charAt(at) != '"') {
            throw wrong(at, "expected " + expected);
        }
        return quoted();
    }

    /** A text in the quotes that it begins with; one within is doubled or stands behind a backslash. */
    private String quoted() {
        int start = at;
        char quote = text.charAt(at++);
        while (!atEnd()) {
            char c = text.charAt(at++);
            if (c == '\\' && quote == '\'' && !atEnd()) {
                at++;
            } else if (c == quote) {
                if (atEnd() || text.charAt(at) != quote) {
                    return text.substring(start + 1, at - 1);
                }
                at++;
            }
        }
        throw wrong(start, "the quote " + quote + " is never closed");
    }

    private String word() {
        int start = at;
        while (!atEnd() && isWordPart(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private String dottedName() {
        int start = at;
        while (!atEnd() && (isWordPart(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        if (!atEnd() && "-/:@#$".indexOf(text.charAt(at)) >= 0) {
            throw wrong(at, "a key with '" + text.charAt(at) + "' in it must stand in backticks, such as `my-key`");
        }
        return text.substring(start, at);
    }

    private boolean acceptWord(String word) {
        int end = at + word.length();
        if (text.regionMatches(true, at, word, 0, word.length())
                && (end == text.length() || !isWordPart(text.charAt(end)))) {
            at = end;
            return true;
        }
        return false;
    }

    private boolean accept(char c) {
        if (!atEnd() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private boolean skipBlanks() {
        int start = at;
        while (!atEnd() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at > start;
    }

    private boolean atEnd() {
        return at >= text.length();
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || Character.isSurrogate(c);
    }

    private String describe(Field field) {
        return field.kind() == Kind.ATTRIBUTE
                ? "attribute '" + field.key() + "'"
                : field.kind().word() + "." + shorten(field.key());
    }

    private String examples() {
        String attribute = grammar.attributes().values().iterator().next().name();
        return attribute
                + grammar.kinds().values().stream()
                        .filter(kind -> kind != Kind.ATTRIBUTE)
                        .distinct()
                        .map(kind -> ", " + kind.word() + (kind == Kind.DATASET ? ".name" : ".my_key"))
                        .collect(Collectors.joining());
    }

    private static String symbols(Set<Comparator> comparators) {
        return comparators.stream().map(Comparator::symbol).collect(Collectors.joining(", "));
    }

    private static String list(Collection<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }

    private static String shorten(String word) {
        return word.length() <= SHOWN ? word : word.substring(0, SHOWN) + "…";
    }

    /** The text around the place on one line, and a caret under it. */
    private KirokuException wrong(int place, String why) {
        int from = Math.max(0, place - SHOWN);
        int to = Math.min(text.length(), place + SHOWN);
        String line = text.substring(from, to).replaceAll("\\s", " ");
        String shown = (from > 0 ? "…" : "") + line + (to < text.length() ? "…" : "");
        String caret = " ".repeat(place - from + (from > 0 ? 1 : 0)) + "^";
        return KirokuException.invalid(
                "Invalid %s for %s: %s, at character %d:%n%s%n%s".replace("%n", "\n"),
                what,
                grammar.things(),
                why,
                place + 1,
                shown,
                caret);
    }
}
