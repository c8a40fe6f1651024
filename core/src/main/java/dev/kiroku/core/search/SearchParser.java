package dev.kiroku.core.search;

import dev.kiroku.core.search.SearchField.Kind;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.Strings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Recursive-descent parser of filters and orders, in one pass from left to right.
 *
 * <pre>
 * filter     := { AND | condition }                      AND may be left out or repeated, as in MLflow
 * condition  := field comparator value | field IS [NOT] NULL
 * field      := [ kind '.' ] key                         without a kind: an attribute
 * key        := name | '`' any '`' | '"' any '"'
 * value      := number | text | '(' text { ',' text } [ ',' ] ')'
 * text       := "'" any "'" | '"' any '"'                a quote inside is doubled or follows a backslash, and stays as written
 * order      := field [ ASC | DESC ]
 * </pre>
 */
final class SearchParser {
    private static final int EXCERPT_LENGTH = 60;

    private final SearchGrammar grammar;
    private final String description;
    private final String text;
    private int position;

    /** @param description the name of the text in messages */
    SearchParser(SearchGrammar grammar, String description, String text) {
        this.grammar = grammar;
        this.description = description;
        this.text = text;
    }

    List<Condition> conditions(int limit) {
        List<Condition> all = new ArrayList<>();
        skipBlanks();
        while (!atEnd()) {
            if (!acceptWord("AND")) {
                if (all.size() == limit) {
                    throw error(position, "it has more than " + limit + " conditions");
                }
                all.add(condition());
            }
            skipBlanks();
        }
        if (all.isEmpty()) {
            throw error(0, "it has no condition; an example is metrics.accuracy > 0.9");
        }
        return all;
    }

    /** Parses conditions with exactly one AND between them. In a gate a forgotten AND must be an error. */
    List<ParsedCondition> parsedConditions(int limit) {
        List<ParsedCondition> all = new ArrayList<>();
        do {
            skipBlanks();
            int start = position;
            Condition condition = condition();
            all.add(new ParsedCondition(text.substring(start, position).strip(), condition));
            if (all.size() > limit) {
                throw error(start, "it has more than " + limit + " conditions");
            }
            skipBlanks();
        } while (acceptWord("AND"));
        if (!atEnd()) {
            throw error(position, "expected AND or the end");
        }
        return all;
    }

    OrderTerm orderTerm() {
        SearchField field = field();
        boolean gap = skipBlanks();
        boolean ascending = true;
        if (!atEnd()) {
            int start = position;
            if (gap && acceptWord("DESC")) {
                ascending = false;
            } else if (!gap || !acceptWord("ASC")) {
                throw error(start, "expected ASC, DESC or the end");
            }
        }
        skipBlanks();
        if (!atEnd()) {
            throw error(position, "expected the end");
        }
        return new OrderTerm(field, ascending);
    }

    private Condition condition() {
        SearchField field = field();
        int end = position;
        skipBlanks();
        int start = position;
        if (grammar.isFlag(field) && (atEnd() || isWordPart(text.charAt(position)))) {
            position = end;
            return new Condition(field, ComparisonOperator.EQ, new Operand.Text("true"));
        }
        ComparisonOperator comparator = comparator();
        Set<ComparisonOperator> allowed = grammar.comparators(field);
        if (!allowed.contains(comparator)) {
            throw error(
                    start,
                    "invalid comparator '" + comparator.symbol() + "' for " + describe(field) + ", which takes "
                            + listSymbols(allowed));
        }
        skipBlanks();
        return new Condition(field, comparator, operand(field, comparator));
    }

    private SearchField field() {
        skipBlanks();
        int start = position;
        if (atEnd() || !(isWordPart(text.charAt(position)) || text.charAt(position) == '`')) {
            throw error(start, "expected a field, such as " + examples());
        }
        String first = text.charAt(position) == '`' ? quoted() : word();
        if (atEnd() || text.charAt(position) != '.') {
            return attribute(first, start);
        }
        position++;
        Kind kind = grammar.kinds().get(first);
        if (kind == null) {
            throw error(
                    start,
                    "invalid entity type '" + abbreviate(first) + "'; valid ones for " + grammar.entityName() + " are "
                            + listWords(grammar.kinds().keySet()));
        }
        int keyPlace = position;
        String key = atEnd()
                ? ""
                : switch (text.charAt(position)) {
                    case '`', '"', '\'' -> quoted();
                    default -> dottedName();
                };
        if (kind == Kind.ATTRIBUTE
                && key.endsWith(".")
                && !atEnd()
                && (text.charAt(position) == '`' || text.charAt(position) == '"')) {
            key += quoted();
        }
        return switch (kind) {
            case ATTRIBUTE -> attribute(key, keyPlace);
            case DATASET -> {
                if (!grammar.datasetKeys().contains(key)) {
                    throw error(
                            keyPlace,
                            "invalid dataset key '" + abbreviate(key) + "'; valid ones are "
                                    + listWords(grammar.datasetKeys()));
                }
                yield new SearchField(kind, key);
            }
            default -> new SearchField(kind, key);
        };
    }

    private SearchField attribute(String name, int start) {
        SearchGrammar.Attribute attribute = grammar.attribute(name);
        if (attribute == null) {
            throw error(
                    start,
                    "invalid attribute key '" + abbreviate(name) + "'; valid ones for " + grammar.entityName() + " are "
                            + listWords(grammar.attributes().values().stream()
                                    .map(SearchGrammar.Attribute::name)
                                    .distinct()
                                    .sorted()
                                    .toList()));
        }
        return new SearchField(Kind.ATTRIBUTE, attribute.name());
    }

    private ComparisonOperator comparator() {
        for (ComparisonOperator symbol : new ComparisonOperator[] {
            ComparisonOperator.NE,
            ComparisonOperator.LE,
            ComparisonOperator.GE,
            ComparisonOperator.EQ,
            ComparisonOperator.LT,
            ComparisonOperator.GT
        }) {
            if (text.startsWith(symbol.symbol(), position)) {
                int end = position + symbol.symbol().length();
                if (end < text.length() && "=<>!".indexOf(text.charAt(end)) >= 0) {
                    throw error(position, "there is no comparator '" + text.substring(position, end + 1) + "'");
                }
                position = end;
                return symbol;
            }
        }
        if (acceptWord("LIKE")) {
            return ComparisonOperator.LIKE;
        }
        if (acceptWord("ILIKE")) {
            return ComparisonOperator.ILIKE;
        }
        if (acceptWord("IN")) {
            return ComparisonOperator.IN;
        }
        if (acceptWord("NOT") && skipBlanks() && acceptWord("IN")) {
            return ComparisonOperator.NOT_IN;
        }
        if (acceptWord("IS") && skipBlanks()) {
            boolean not = acceptWord("NOT") && skipBlanks();
            if (acceptWord("NULL")) {
                return not ? ComparisonOperator.IS_NOT_NULL : ComparisonOperator.IS_NULL;
            }
        }
        throw error(
                position,
                "expected a comparator, one of =, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL, IS NOT NULL");
    }

    private Operand operand(SearchField field, ComparisonOperator comparator) {
        return switch (comparator) {
            case IS_NULL, IS_NOT_NULL -> new Operand.None();
            case IN, NOT_IN -> textList();
            default ->
                grammar.isFlag(field)
                        ? booleanOperand(field)
                        : grammar.isNumber(field)
                                ? numberOrReference(field)
                                : new Operand.Text(textValue(
                                        "a quoted string value for " + describe(field) + ", such as 'my-value'"));
        };
    }

    private Operand booleanOperand(SearchField field) {
        for (String word : List.of("true", "false")) {
            if (acceptWord(word)) {
                return new Operand.Text(word);
            }
        }
        throw error(position, "expected true or false for " + describe(field));
    }

    private Operand numberOrReference(SearchField field) {
        if (!grammar.hasReferences()
                || atEnd()
                || !Character.isLetter(text.charAt(position)) && text.charAt(position) != '`') {
            return number(field);
        }
        int start = position;
        String holder = text.charAt(position) == '`' ? quoted() : alias();
        if (!accept('.') || !(acceptWord("metrics") || acceptWord("metric")) || !accept('.')) {
            throw error(
                    start,
                    "expected a number, or a metric of the version that an alias points at, such as champion.metrics.accuracy - 0.005");
        }
        String metric = !atEnd() && text.charAt(position) == '`' ? quoted() : dottedName();
        if (metric.isEmpty()) {
            throw error(position, "expected the name of a metric");
        }
        return new Operand.Reference(
                holder, metric, optionalTerm(field, '*', 1), optionalTerm(field, '+', 0) - optionalTerm(field, '-', 0));
    }

    private String alias() {
        int start = position;
        while (!atEnd() && (isWordPart(text.charAt(position)) || text.charAt(position) == '-')) {
            position++;
        }
        return text.substring(start, position);
    }

    /** Returns the number after {@code operator}; {@code otherwise} if the operator does not follow. */
    private double optionalTerm(SearchField field, char operator, double otherwise) {
        int end = position;
        skipBlanks();
        if (!accept(operator)) {
            position = end;
            return otherwise;
        }
        skipBlanks();
        return number(field) instanceof Operand.DoubleNumber(double value) ? value : otherwise;
    }

    private Operand textList() {
        if (atEnd() || text.charAt(position) != '(') {
            throw error(position, "expected a list of quoted texts in parentheses, such as ('a', 'b')");
        }
        position++;
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
                throw error(position, "expected , or ) in the list");
            }
        }
    }

    private Operand number(SearchField field) {
        int start = position;
        accept('-');
        int digits = digits();
        if (accept('.')) {
            digits += digits();
        }
        if (digits > 0 && !atEnd() && (text.charAt(position) == 'e' || text.charAt(position) == 'E')) {
            position++;
            if (!accept('-')) {
                accept('+');
            }
            digits = digits();
        }
        if (digits == 0 || !atEnd() && isWordPart(text.charAt(position))) {
            throw error(start, "expected a number (numeric value) for " + describe(field));
        }
        String literal = text.substring(start, position);
        if (field.kind() == Kind.ATTRIBUTE && literal.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9')) {
            if (literal.length() > 40) {
                throw error(start, "the number has too many digits");
            }
            BigDecimal exact = new BigDecimal(literal);
            // Larger than any stored value: the nearest long compares the same.
            long whole = exact.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                    ? Long.MAX_VALUE
                    : exact.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0 ? Long.MIN_VALUE : exact.longValue();
            return new Operand.LongNumber(whole);
        }
        return new Operand.DoubleNumber(Double.parseDouble(literal));
    }

    private int digits() {
        int start = position;
        while (!atEnd() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
            position++;
        }
        return position - start;
    }

    private String textValue(String expected) {
        if (atEnd() || text.charAt(position) != '\'' && text.charAt(position) != '"') {
            throw error(position, "expected " + expected);
        }
        return quoted();
    }

    /** Parses a string in quotes. A quote inside it is doubled or follows a backslash. */
    private String quoted() {
        int start = position;
        char quote = text.charAt(position++);
        while (!atEnd()) {
            char c = text.charAt(position++);
            if (c == '\\' && quote == '\'' && !atEnd()) {
                position++;
            } else if (c == quote) {
                if (atEnd() || text.charAt(position) != quote) {
                    return text.substring(start + 1, position - 1);
                }
                position++;
            }
        }
        throw error(start, "the quote " + quote + " is not closed");
    }

    private String word() {
        int start = position;
        while (!atEnd() && isWordPart(text.charAt(position))) {
            position++;
        }
        return text.substring(start, position);
    }

    private String dottedName() {
        int start = position;
        while (!atEnd() && (isWordPart(text.charAt(position)) || text.charAt(position) == '.')) {
            position++;
        }
        if (!atEnd() && "-/:@#$".indexOf(text.charAt(position)) >= 0) {
            throw error(
                    position,
                    "a key with '" + text.charAt(position) + "' in it must stand in backticks, such as `my-key`");
        }
        return text.substring(start, position);
    }

    private boolean acceptWord(String word) {
        int end = position + word.length();
        if (text.regionMatches(true, position, word, 0, word.length())
                && (end == text.length() || !isWordPart(text.charAt(end)))) {
            position = end;
            return true;
        }
        return false;
    }

    private boolean accept(char c) {
        if (!atEnd() && text.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    private boolean skipBlanks() {
        int start = position;
        while (!atEnd() && Character.isWhitespace(text.charAt(position))) {
            position++;
        }
        return position > start;
    }

    private boolean atEnd() {
        return position >= text.length();
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || Character.isSurrogate(c);
    }

    private String describe(SearchField field) {
        return field.kind() == Kind.ATTRIBUTE
                ? "attribute '" + field.key() + "'"
                : field.kind().prefix() + "." + abbreviate(field.key());
    }

    private String examples() {
        String attribute = grammar.attributes().values().iterator().next().name();
        return attribute
                + grammar.kinds().values().stream()
                        .filter(kind -> kind != Kind.ATTRIBUTE)
                        .distinct()
                        .map(kind -> ", " + kind.prefix() + (kind == Kind.DATASET ? ".name" : ".my_key"))
                        .collect(Collectors.joining());
    }

    private static String listSymbols(Set<ComparisonOperator> comparators) {
        return comparators.stream().map(ComparisonOperator::symbol).collect(Collectors.joining(", "));
    }

    private static String listWords(Collection<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }

    private static String abbreviate(String word) {
        return Strings.abbreviate(word, EXCERPT_LENGTH);
    }

    /** Returns an exception with the text around {@code start} on one line, and a caret below it. */
    private KirokuException error(int start, String why) {
        int from = Math.max(0, start - EXCERPT_LENGTH);
        int to = Math.min(text.length(), start + EXCERPT_LENGTH);
        String line = text.substring(from, to).replaceAll("\\s", " ");
        String shown = (from > 0 ? "…" : "") + line + (to < text.length() ? "…" : "");
        String caret = " ".repeat(start - from + (from > 0 ? 1 : 0)) + "^";
        return KirokuException.invalid(
                "Invalid %s for %s: %s, at character %d:%n%s%n%s".replace("%n", "\n"),
                description,
                grammar.entityName(),
                why,
                start + 1,
                shown,
                caret);
    }
}
