package dev.kiroku.core.registry.gates;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The answers to questions about gates whose cost depends on what users wrote: patterns are matched and conditions evaluated. They are
 * computed between the attempts of a transaction and never within one, where they would hold its locks. A question holds all that its answer depends on,
 * so that an answer found by an equal question is right, whatever has changed since it was computed.
 *
 * <p>Not thread-safe: the attempts of one operation follow each other.
 */
final class Judgements {
    /**
     * A question, equal to others with the same answer for the same gates.
     *
     * @param <A> the type of the answer
     */
    interface Question<A> {
        /** Computes the answer. */
        A answer(List<Gate> gates);
    }

    private final Map<Question<?>, Object> answers = new HashMap<>();
    private final Set<Question<?>> open = new LinkedHashSet<>();
    private List<Gate> gates = List.of();

    /**
     * Begins an attempt.
     *
     * @param present the gates; if they are others than before, no answer is valid any more
     */
    void begin(List<Gate> present) {
        if (!present.equals(gates)) {
            answers.clear();
            gates = present;
        }
        open.clear();
    }

    /** Returns the answer to a question if it is known; otherwise the question is to be answered after this attempt, which ends here. */
    @SuppressWarnings("unchecked") // answerOpen() has put the question's own answer
    <A> A get(Question<A> question) {
        Object answer = answers.get(question);
        if (answer == null) {
            open.add(question);
            throw unanswered();
        }
        return (A) answer;
    }

    boolean isKnown(Question<?> question) {
        return answers.containsKey(question);
    }

    /** Has a question answered after this attempt, which does not end here. Whoever prepares questions calls {@link #requireAnswered}. */
    void prepare(Question<?> question) {
        if (!isKnown(question)) {
            open.add(question);
        }
    }

    /** Ends this attempt if a question is open. */
    void requireAnswered() {
        if (hasOpen()) {
            throw unanswered();
        }
    }

    /** What a client gets if the attempts are used up, because each found something new. */
    private static KirokuException unanswered() {
        return new KirokuException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "What the gates evaluate was changed again and again by other requests; nothing was changed by this one. Try again in a moment.");
    }

    /** Returns whether the last attempt ended because of a question that was not answered. */
    boolean hasOpen() {
        return !open.isEmpty();
    }

    /** Computes the answers that the last attempt lacked. */
    void answerOpen() {
        List<Question<?>> questions = new ArrayList<>(open);
        open.clear();
        questions.forEach(question -> answers.put(question, question.answer(gates)));
    }
}
