package dev.kiroku.core.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.search.Field.Kind;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
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
        assertReads("attr.created > 9223372036854775807", Kind.ATTRIBUTE, "start_time", Comparator.GT, new Operand.Whole(Long.MAX_VALUE));
        assertReads("start_time > 1.5", Kind.ATTRIBUTE, "start_time", Comparator.GT, new Operand.Real(1.5));
        assertReads("run_id not in ('a', \"b\",)", Kind.ATTRIBUTE, "run_id", Comparator.NOT_IN, new Operand.TextList(List.of("a", "b")));
        assertReads("datasets.digest IN ('a')", Kind.DATASET, "digest", Comparator.IN, new Operand.TextList(List.of("a")));
        assertReads("params.a = 'it''s'", Kind.PARAM, "a", Comparator.EQ, new Operand.Text("it''s"));
        assertReads("params.a = 'it\\'s'", Kind.PARAM, "a", Comparator.EQ, new Operand.Text("it\\'s"));
    }

    @Test
    void readsConjunctionsAsMlflowDoes() {
        for (String filter : List.of(
                "metrics.a > 1 AND params.b='x'", "metrics.a > 1 and\n params.b = 'x'", "params.b='x'AND metrics.a>1", "metrics.a > 1 params.b = 'x'",
                "AND metrics.a > 1 AND AND params.b = 'x' AND")) {
            assertEquals(2, SearchLanguage.parseFilter(Grammar.RUNS, filter).conditions().size(), filter);
        }
        assertEquals(List.of(), SearchLanguage.parseFilter(Grammar.RUNS, "").conditions());
        assertEquals(List.of(), SearchLanguage.parseFilter(Grammar.RUNS, null).conditions());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "metrics.a-b > 1", "metrics.a/b > 1", "metrics.a > +1", "metrics.a = 'x'", "metrics . a > 1", "params.a IN ('a','b')", "run_id IN ()",
        "metrics.a IS NULL", "metrics.a > 1 OR metrics.b > 1", "(metrics.a > 1)", "metrics.a > 1;", "metrics.a == 1", "metrics.a <> 1",
        "start_time > '1'", "metrics.a > NaN", "metrics.a > inf", "params.a = x", "metrics > 1", "Metrics.a > 1", "metrics.`a > 1", "params.a = 'x",
        "metrics.a > 0x10", "   ", "params.a != 'x' -- c", "params.a = 5", "params.a='a' , params.b='c'", "experiment_id = '1'", "dataset.foo = 'x'",
        "params.a > 'x'", "metrics.a LIKE 'x'", "status IN ('a')", "AND"
    })
    void refusesWhatMlflowRefuses(String filter) {
        var refused = assertThrows(KirokuException.class, () -> SearchLanguage.parseFilter(Grammar.RUNS, filter));
        assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
        assertTrue(refused.getMessage().startsWith("Invalid "), refused.getMessage());
    }

    @Test
    void pointsAtThePlace() {
        var refused = assertThrows(KirokuException.class, () -> SearchLanguage.parseFilter(Grammar.RUNS, "metrics.a > 1 AND params.b = 5"));
        assertEquals(
                """
                Invalid filter for runs: expected a quoted string value for params.b, such as 'my-value', at character 30:
                metrics.a > 1 AND params.b = 5
                                             ^""",
                refused.getMessage());
    }

    @Test
    void readsOrders() {
        assertEquals(
                List.of(
                        new OrderTerm(new Field(Kind.METRIC, "a b"), false),
                        new OrderTerm(new Field(Kind.ATTRIBUTE, "start_time"), true),
                        new OrderTerm(new Field(Kind.TAG, "x"), true)),
                SearchLanguage.parseOrder(Grammar.RUNS, List.of("metrics.`a b` desc", "Created", "tag.x ASC")));
        for (String wrong : List.of("a", "metrics.a foo", "metrics.a DESC x", "", "  ", "metrics.a,metrics.b", "timestamp", "metrics.a-b", "'x'")) {
            assertThrows(KirokuException.class, () -> SearchLanguage.parseOrder(Grammar.RUNS, List.of(wrong)), wrong);
        }
    }

    /** Texts made of the language's own pieces: they come near to being right far more often than random characters. */
    @Provide
    Arbitrary<String> nearlyFilters() {
        Arbitrary<String> piece = Arbitraries.of(
                "metrics", "params", "tags", ".", "a", "`", "'", "\"", "(", ")", ",", "=", "!=", ">", "<", "LIKE", "IN", "NOT", "IS", "NULL", "AND", "OR",
                " ", "1", "-", "e", "0.5", "status", "run_id", "\\", "%", "\n", "\u0000", "日", "\ud83d\ude00");
        return piece.list().ofMaxSize(30).map(pieces -> String.join("", pieces));
    }

    @Property(tries = 5000)
    void whateverIsWrittenIsReadOrRefused(@ForAll("nearlyFilters") String filter) {
        for (Grammar grammar : List.of(Grammar.RUNS, Grammar.EXPERIMENTS, Grammar.LOGGED_MODELS, Grammar.REGISTERED_MODELS, Grammar.MODEL_VERSIONS)) {
            try {
                SearchLanguage.parseFilter(grammar, filter);
            } catch (KirokuException refused) {
                assertEquals(ErrorCode.INVALID_PARAMETER_VALUE, refused.code());
            }
        }
    }

    @Property(tries = 2000)
    void whatIsPrintedIsReadBack(@ForAll("conditions") List<Condition> conditions) {
        String printed = String.join(" AND ", conditions.stream().map(SearchLanguageTest::print).toList());
        assertEquals(conditions, SearchLanguage.parseFilter(Grammar.RUNS, printed).conditions(), printed);
    }

    @Provide
    Arbitrary<List<Condition>> conditions() {
        Arbitrary<String> key = Arbitraries.strings().withChars("abz_. -/日").ofMinLength(1).ofMaxLength(8);
        Arbitrary<String> value = Arbitraries.strings().withChars("ab%_ .\"=日").ofMaxLength(8);
        Arbitrary<Condition> metric = key.flatMap(k -> Arbitraries.of(Comparator.EQ, Comparator.NE, Comparator.LT, Comparator.GE)
                .flatMap(c -> Arbitraries.doubles().map(v -> new Condition(new Field(Kind.METRIC, k), c, new Operand.Real(v)))));
        Arbitrary<Condition> param = key.flatMap(k -> Arbitraries.of(Comparator.EQ, Comparator.NE, Comparator.LIKE, Comparator.ILIKE)
                .flatMap(c -> value.map(v -> new Condition(new Field(Kind.PARAM, k), c, new Operand.Text(v)))));
        Arbitrary<Condition> list = value.list().ofMinSize(1).ofMaxSize(4)
                .map(v -> new Condition(new Field(Kind.ATTRIBUTE, "run_id"), Comparator.IN, new Operand.TextList(v)));
        return Arbitraries.oneOf(metric, param, list).list().ofMinSize(1).ofMaxSize(5);
    }

    private static String print(Condition condition) {
        Field field = condition.field();
        String left = field.kind() == Kind.ATTRIBUTE ? field.key() : field.kind().word() + ".`" + field.key() + "`";
        String right =
                switch (condition.operand()) {
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
