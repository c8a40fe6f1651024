package dev.kiroku.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.search.Field.Kind;
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
    private static Condition only(String filter) {
        return SearchLanguage.parseFilter(Grammar.RUNS, filter).conditions().getFirst();
    }

    private static void assertReads(String filter, Kind kind, String key, Comparator comparator, Operand operand) {
        assertEquals(new Condition(new Field(kind, key), comparator, operand), only(filter));
    }

    @Test
    void readsEveryKindOfCondition() {
        assertReads("metrics.accuracy > 0.9", Kind.METRIC, "accuracy", Comparator.GT, new Operand.Real(0.9));
        assertReads("metrics.a>-1e5", Kind.METRIC, "a", Comparator.GT, new Operand.Real(-1e5));
        assertReads("metrics.a > .5", Kind.METRIC, "a", Comparator.GT, new Operand.Real(.5));
        assertReads("metrics.a > 1.", Kind.METRIC, "a", Comparator.GT, new Operand.Real(1));
        assertReads("metrics.1a > 1", Kind.METRIC, "1a", Comparator.GT, new Operand.Real(1));
        assertReads("metrics.日本 > 1", Kind.METRIC, "日本", Comparator.GT, new Operand.Real(1));
        assertReads("metrics.\"m 1\">1", Kind.METRIC, "m 1", Comparator.GT, new Operand.Real(1));
        assertReads("`metrics`.a > 1", Kind.METRIC, "a", Comparator.GT, new Operand.Real(1));
        assertReads("param.`a b` != 'x'", Kind.PARAM, "a b", Comparator.NE, new Operand.Text("x"));
        assertReads("params.a.b.c = \"x\"", Kind.PARAM, "a.b.c", Comparator.EQ, new Operand.Text("x"));
        assertReads("params.order LIKE '%x_'", Kind.PARAM, "order", Comparator.LIKE, new Operand.Text("%x_"));
        assertReads("tags.mlflow.user ilike ''", Kind.TAG, "mlflow.user", Comparator.ILIKE, new Operand.Text(""));
        assertReads("tag.a is not null", Kind.TAG, "a", Comparator.IS_NOT_NULL, new Operand.None());
        assertReads("params.a IS NULL", Kind.PARAM, "a", Comparator.IS_NULL, new Operand.None());
        assertReads("attributes.`Run name` = 'n'", Kind.ATTRIBUTE, "run_name", Comparator.EQ, new Operand.Text("n"));
        assertReads(
                "attr.created > 9223372036854775807",
                Kind.ATTRIBUTE,
                "start_time",
                Comparator.GT,
                new Operand.Whole(Long.MAX_VALUE));
        assertReads("start_time > 1.5", Kind.ATTRIBUTE, "start_time", Comparator.GT, new Operand.Real(1.5));
        assertReads(
                "run_id not in ('a', \"b\",)",
                Kind.ATTRIBUTE,
                "run_id",
                Comparator.NOT_IN,
                new Operand.TextList(List.of("a", "b")));
        assertReads(
                "datasets.digest IN ('a')", Kind.DATASET, "digest", Comparator.IN, new Operand.TextList(List.of("a")));
        assertReads("params.a = 'it''s'", Kind.PARAM, "a", Comparator.EQ, new Operand.Text("it''s"));
        assertReads("params.a = 'it\\'s'", Kind.PARAM, "a", Comparator.EQ, new Operand.Text("it\\'s"));
    }

    @Test
    void readsConjunctionsAsMlflowDoes() {
        for (String filter : List.of(
                "metrics.a > 1 AND params.b='x'",
                "metrics.a > 1 and\n params.b = 'x'",
                "params.b='x'AND metrics.a>1",
                "metrics.a > 1 params.b = 'x'",
                "AND metrics.a > 1 AND AND params.b = 'x' AND")) {
            assertEquals(
                    2,
                    SearchLanguage.parseFilter(Grammar.RUNS, filter)
                            .conditions()
                            .size(),
                    filter);
        }
        assertEquals(List.of(), SearchLanguage.parseFilter(Grammar.RUNS, "").conditions());
        assertEquals(List.of(), SearchLanguage.parseFilter(Grammar.RUNS, null).conditions());
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
        var refused = assertThrows(KirokuException.class, () -> SearchLanguage.parseFilter(Grammar.RUNS, filter));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        assertTrue(refused.getMessage().startsWith("Invalid "), refused.getMessage());
    }

    @Test
    void pointsAtThePlace() {
        var refused = assertThrows(
                KirokuException.class,
                () -> SearchLanguage.parseFilter(Grammar.RUNS, "metrics.a > 1 AND params.b = 5"));
        assertEquals("""
                Invalid filter for runs: expected a quoted string value for params.b, such as 'my-value', at character 30:
                metrics.a > 1 AND params.b = 5
                                             ^""", refused.getMessage());
    }

    @Test
    void readsOrders() {
        assertEquals(
                List.of(
                        new OrderTerm(new Field(Kind.METRIC, "a b"), false),
                        new OrderTerm(new Field(Kind.ATTRIBUTE, "start_time"), true),
                        new OrderTerm(new Field(Kind.TAG, "x"), true)),
                SearchLanguage.parseOrder(Grammar.RUNS, List.of("metrics.`a b` desc", "Created", "tag.x ASC")));
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
            assertThrows(KirokuException.class, () -> SearchLanguage.parseOrder(Grammar.RUNS, List.of(wrong)), wrong);
        }
    }

    /** They come near to being right far more often than random characters. */
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

    private static <T> T any(Random random, List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private static <T> List<T> many(Random random, int least, int most, Supplier<T> one) {
        return Stream.generate(one).limit(random.nextInt(least, most + 1)).toList();
    }

    private static String text(Random random, String characters, int least) {
        return String.join(
                "",
                many(
                        random,
                        least,
                        8,
                        () -> any(
                                random,
                                characters
                                        .codePoints()
                                        .mapToObj(Character::toString)
                                        .toList())));
    }

    @Test
    void whateverIsWrittenIsReadOrRefused() {
        for (int seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            String filter = String.join("", many(random, 0, 30, () -> any(random, PIECES)));
            for (Grammar grammar : List.of(
                    Grammar.RUNS,
                    Grammar.EXPERIMENTS,
                    Grammar.LOGGED_MODELS,
                    Grammar.REGISTERED_MODELS,
                    Grammar.MODEL_VERSIONS)) {
                try {
                    SearchLanguage.parseFilter(grammar, filter);
                } catch (KirokuException refused) {
                    assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code(), filter);
                }
            }
        }
    }

    @Test
    void whatIsPrintedIsReadBack() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            List<Condition> conditions = many(random, 1, 5, () -> anyCondition(random));
            String printed = String.join(
                    " AND ", conditions.stream().map(SearchLanguageTest::print).toList());
            assertEquals(
                    conditions,
                    SearchLanguage.parseFilter(Grammar.RUNS, printed).conditions(),
                    printed);
        }
    }

    private static Condition anyCondition(Random random) {
        String key = text(random, "abz_. -/日", 1);
        Supplier<String> value = () -> text(random, "ab%_ .\"=日", 0);
        return switch (random.nextInt(3)) {
            case 0 ->
                new Condition(
                        new Field(Kind.METRIC, key),
                        any(random, List.of(Comparator.EQ, Comparator.NE, Comparator.LT, Comparator.GE)),
                        new Operand.Real(anyNumber(random)));
            case 1 ->
                new Condition(
                        new Field(Kind.PARAM, key),
                        any(random, List.of(Comparator.EQ, Comparator.NE, Comparator.LIKE, Comparator.ILIKE)),
                        new Operand.Text(value.get()));
            default ->
                new Condition(
                        new Field(Kind.ATTRIBUTE, "run_id"),
                        Comparator.IN,
                        new Operand.TextList(many(random, 1, 4, value)));
        };
    }

    private static double anyNumber(Random random) {
        double number =
                random.nextBoolean() ? Double.longBitsToDouble(random.nextLong()) : random.nextInt(-1000, 1000) / 100.0;
        return Double.isFinite(number)
                ? number
                : any(random, List.of(0.0, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE));
    }

    private static String print(Condition condition) {
        Field field = condition.field();
        String left =
                field.kind() == Kind.ATTRIBUTE ? field.key() : field.kind().word() + ".`" + field.key() + "`";
        String right = switch (condition.operand()) {
            case Operand.Text(String text) -> "'" + text + "'";
            case Operand.Real(double number) -> Double.toString(number);
            case Operand.Whole(long number) -> Long.toString(number);
            case Operand.TextList(List<String> texts) -> "('" + String.join("', '", texts) + "')";
            case Operand.None() -> "";
            case Operand.Reference reference -> reference.toString();
        };
        return left + " " + condition.comparator().symbol() + " " + right;
    }
}
