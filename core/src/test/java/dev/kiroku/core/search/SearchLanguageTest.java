package dev.kiroku.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.search.SearchField.Kind;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchLanguageTest {
    private static Condition parseSingle(String filter) {
        return SearchLanguage.parseFilter(SearchGrammar.RUNS, filter)
                .conditions()
                .getFirst();
    }

    private static void assertParses(
            String filter, Kind kind, String key, ComparisonOperator comparator, Operand operand) {
        assertEquals(new Condition(new SearchField(kind, key), comparator, operand), parseSingle(filter));
    }

    @Test
    void parsesEveryKindOfCondition() {
        assertParses(
                "metrics.accuracy > 0.9",
                Kind.METRIC,
                "accuracy",
                ComparisonOperator.GT,
                new Operand.DoubleNumber(0.9));
        assertParses("metrics.a>-1e5", Kind.METRIC, "a", ComparisonOperator.GT, new Operand.DoubleNumber(-1e5));
        assertParses("metrics.a > .5", Kind.METRIC, "a", ComparisonOperator.GT, new Operand.DoubleNumber(.5));
        assertParses("metrics.a > 1.", Kind.METRIC, "a", ComparisonOperator.GT, new Operand.DoubleNumber(1));
        assertParses("metrics.1a > 1", Kind.METRIC, "1a", ComparisonOperator.GT, new Operand.DoubleNumber(1));
        assertParses("metrics.日本 > 1", Kind.METRIC, "日本", ComparisonOperator.GT, new Operand.DoubleNumber(1));
        assertParses("metrics.\"m 1\">1", Kind.METRIC, "m 1", ComparisonOperator.GT, new Operand.DoubleNumber(1));
        assertParses("`metrics`.a > 1", Kind.METRIC, "a", ComparisonOperator.GT, new Operand.DoubleNumber(1));
        assertParses("param.`a b` != 'x'", Kind.PARAM, "a b", ComparisonOperator.NE, new Operand.Text("x"));
        assertParses("params.a.b.c = \"x\"", Kind.PARAM, "a.b.c", ComparisonOperator.EQ, new Operand.Text("x"));
        assertParses("params.order LIKE '%x_'", Kind.PARAM, "order", ComparisonOperator.LIKE, new Operand.Text("%x_"));
        assertParses(
                "tags.mlflow.user ilike ''", Kind.TAG, "mlflow.user", ComparisonOperator.ILIKE, new Operand.Text(""));
        assertParses("tag.a is not null", Kind.TAG, "a", ComparisonOperator.IS_NOT_NULL, new Operand.None());
        assertParses("params.a IS NULL", Kind.PARAM, "a", ComparisonOperator.IS_NULL, new Operand.None());
        assertParses(
                "attributes.`Run name` = 'n'",
                Kind.ATTRIBUTE,
                "run_name",
                ComparisonOperator.EQ,
                new Operand.Text("n"));
        assertParses(
                "attr.created > 9223372036854775807",
                Kind.ATTRIBUTE,
                "start_time",
                ComparisonOperator.GT,
                new Operand.LongNumber(Long.MAX_VALUE));
        assertParses(
                "start_time > 1.5", Kind.ATTRIBUTE, "start_time", ComparisonOperator.GT, new Operand.DoubleNumber(1.5));
        assertParses(
                "run_id not in ('a', \"b\",)",
                Kind.ATTRIBUTE,
                "run_id",
                ComparisonOperator.NOT_IN,
                new Operand.TextList(List.of("a", "b")));
        assertParses(
                "datasets.digest IN ('a')",
                Kind.DATASET,
                "digest",
                ComparisonOperator.IN,
                new Operand.TextList(List.of("a")));
        assertParses("params.a = 'it''s'", Kind.PARAM, "a", ComparisonOperator.EQ, new Operand.Text("it''s"));
        assertParses("params.a = 'it\\'s'", Kind.PARAM, "a", ComparisonOperator.EQ, new Operand.Text("it\\'s"));
    }

    @Test
    void parsesConjunctionsAsMlflowDoes() {
        for (String filter : List.of(
                "metrics.a > 1 AND params.b='x'",
                "metrics.a > 1 and\n params.b = 'x'",
                "params.b='x'AND metrics.a>1",
                "metrics.a > 1 params.b = 'x'",
                "AND metrics.a > 1 AND AND params.b = 'x' AND")) {
            assertEquals(
                    2,
                    SearchLanguage.parseFilter(SearchGrammar.RUNS, filter)
                            .conditions()
                            .size(),
                    filter);
        }
        assertEquals(
                List.of(), SearchLanguage.parseFilter(SearchGrammar.RUNS, "").conditions());
        assertEquals(
                List.of(), SearchLanguage.parseFilter(SearchGrammar.RUNS, null).conditions());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metrics.a-b > 1",
                "metrics.a/b > 1",
                "metrics.a > +1",
                "metrics.a = 'x'",
                "metrics . a > 1",
                "params.a IN ('a','b')",
                "run_id IN ()",
                "metrics.a IS NULL",
                "metrics.a > 1 OR metrics.b > 1",
                "(metrics.a > 1)",
                "metrics.a > 1;",
                "metrics.a == 1",
                "metrics.a <> 1",
                "start_time > '1'",
                "metrics.a > NaN",
                "metrics.a > inf",
                "params.a = x",
                "metrics > 1",
                "Metrics.a > 1",
                "metrics.`a > 1",
                "params.a = 'x",
                "metrics.a > 0x10",
                "   ",
                "params.a != 'x' -- c",
                "params.a = 5",
                "params.a='a' , params.b='c'",
                "experiment_id = '1'",
                "dataset.foo = 'x'",
                "params.a > 'x'",
                "metrics.a LIKE 'x'",
                "status IN ('a')",
                "AND"
            })
    void refusesWhatMlflowRefuses(String filter) {
        var refused = assertThrows(KirokuException.class, () -> SearchLanguage.parseFilter(SearchGrammar.RUNS, filter));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        assertTrue(refused.getMessage().startsWith("Invalid "), refused.getMessage());
    }

    @Test
    void errorsPointAtThePosition() {
        var refused = assertThrows(
                KirokuException.class,
                () -> SearchLanguage.parseFilter(SearchGrammar.RUNS, "metrics.a > 1 AND params.b = 5"));
        assertEquals("""
                Invalid filter for runs: expected a quoted string value for params.b, such as 'my-value', at character 30:
                metrics.a > 1 AND params.b = 5
                                             ^""", refused.getMessage());
    }

    @Test
    void parsesOrders() {
        assertEquals(
                List.of(
                        new OrderTerm(new SearchField(Kind.METRIC, "a b"), false),
                        new OrderTerm(new SearchField(Kind.ATTRIBUTE, "start_time"), true),
                        new OrderTerm(new SearchField(Kind.TAG, "x"), true)),
                SearchLanguage.parseOrder(SearchGrammar.RUNS, List.of("metrics.`a b` desc", "Created", "tag.x ASC")));
        for (String wrong : List.of(
                "a",
                "metrics.a foo",
                "metrics.a DESC x",
                "",
                "  ",
                "metrics.a,metrics.b",
                "timestamp",
                "metrics.a-b",
                "'x'")) {
            assertThrows(
                    KirokuException.class, () -> SearchLanguage.parseOrder(SearchGrammar.RUNS, List.of(wrong)), wrong);
        }
    }

    /** Random tokens form almost valid filters more often than random characters. */
    private static final List<String> PIECES = List.of(
            "metrics",
            "params",
            "tags",
            ".",
            "a",
            "`",
            "'",
            "\"",
            "(",
            ")",
            ",",
            "=",
            "!=",
            ">",
            "<",
            "LIKE",
            "IN",
            "NOT",
            "IS",
            "NULL",
            "AND",
            "OR",
            " ",
            "1",
            "-",
            "e",
            "0.5",
            "status",
            "run_id",
            "\\",
            "%",
            "\n",
            "\u0000",
            "日",
            "\ud83d\ude00");

    private static <T> T randomItem(Random random, List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private static <T> List<T> randomList(Random random, int least, int most, Supplier<T> one) {
        return Stream.generate(one).limit(random.nextInt(least, most + 1)).toList();
    }

    private static String randomText(Random random, String characters, int least) {
        return String.join(
                "",
                randomList(
                        random,
                        least,
                        8,
                        () -> randomItem(
                                random,
                                characters
                                        .codePoints()
                                        .mapToObj(Character::toString)
                                        .toList())));
    }

    @Test
    void randomTextIsParsedOrRefused() {
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            String filter = String.join("", randomList(random, 0, 30, () -> randomItem(random, PIECES)));
            for (SearchGrammar grammar : List.of(
                    SearchGrammar.RUNS,
                    SearchGrammar.EXPERIMENTS,
                    SearchGrammar.LOGGED_MODELS,
                    SearchGrammar.REGISTERED_MODELS,
                    SearchGrammar.MODEL_VERSIONS)) {
                try {
                    SearchLanguage.parseFilter(grammar, filter);
                } catch (KirokuException refused) {
                    assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code(), filter);
                }
            }
        }
    }

    @Test
    void printedConditionsAreParsedBack() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            List<Condition> conditions = randomList(random, 1, 5, () -> randomCondition(random));
            String printed = String.join(
                    " AND ", conditions.stream().map(SearchLanguageTest::print).toList());
            assertEquals(
                    conditions,
                    SearchLanguage.parseFilter(SearchGrammar.RUNS, printed).conditions(),
                    printed);
        }
    }

    private static Condition randomCondition(Random random) {
        String key = randomText(random, "abz_. -/日", 1);
        Supplier<String> value = () -> randomText(random, "ab%_ .\"=日", 0);
        return switch (random.nextInt(3)) {
            case 0 ->
                new Condition(
                        new SearchField(Kind.METRIC, key),
                        randomItem(
                                random,
                                List.of(
                                        ComparisonOperator.EQ,
                                        ComparisonOperator.NE,
                                        ComparisonOperator.LT,
                                        ComparisonOperator.GE)),
                        new Operand.DoubleNumber(randomNumber(random)));
            case 1 ->
                new Condition(
                        new SearchField(Kind.PARAM, key),
                        randomItem(
                                random,
                                List.of(
                                        ComparisonOperator.EQ,
                                        ComparisonOperator.NE,
                                        ComparisonOperator.LIKE,
                                        ComparisonOperator.ILIKE)),
                        new Operand.Text(value.get()));
            default ->
                new Condition(
                        new SearchField(Kind.ATTRIBUTE, "run_id"),
                        ComparisonOperator.IN,
                        new Operand.TextList(randomList(random, 1, 4, value)));
        };
    }

    @Test
    void registeredModelsAreNotOrderedByCreation() {
        assertThrows(
                KirokuException.class,
                () -> SearchLanguage.parseOrder(SearchGrammar.REGISTERED_MODELS, List.of("creation_timestamp")));
        assertEquals(
                2,
                SearchLanguage.parseOrder(SearchGrammar.REGISTERED_MODELS, List.of("timestamp DESC", "name"))
                        .size());
    }

    private static double randomNumber(Random random) {
        double number =
                random.nextBoolean() ? Double.longBitsToDouble(random.nextLong()) : random.nextInt(-1000, 1000) / 100.0;
        return Double.isFinite(number)
                ? number
                : randomItem(random, List.of(0.0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE));
    }

    private static String print(Condition condition) {
        SearchField field = condition.field();
        String left =
                field.kind() == Kind.ATTRIBUTE ? field.key() : field.kind().prefix() + ".`" + field.key() + "`";
        String right = switch (condition.operand()) {
            case Operand.Text(String text) -> "'" + text + "'";
            case Operand.DoubleNumber(double number) -> Double.toString(number);
            case Operand.LongNumber(long number) -> Long.toString(number);
            case Operand.TextList(List<String> texts) -> "('" + String.join("', '", texts) + "')";
            case Operand.None() -> "";
            case Operand.Reference reference -> reference.toString();
        };
        return left + " " + condition.comparator().symbol() + " " + right;
    }
}
