package dev.kiroku.core.registry.gates;

import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.LastHolder;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.VersionFacts;
import dev.kiroku.core.search.GlobPattern;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The gates as one attempt of a transaction sees them. What it returns was computed outside the transaction, and from
 * what the transaction sees; a method that lacks a result ends the attempt by an exception, which
 * {@link PolicyTransactions} handles.
 */
public final class GatePolicy {
    private final RegistrySnapshot registry;
    private final Judgements judgements;
    private @Nullable List<Gate> gates;

    GatePolicy(RegistrySnapshot registry, Judgements judgements) {
        this.registry = registry;
        this.judgements = judgements;
    }

    /** Returns all gates, ordered by name. */
    public List<Gate> list() {
        List<Gate> read = gates;
        if (read == null) {
            read = registry.listGates();
            gates = read;
            judgements.begin(read);
        }
        return read;
    }

    /** Returns whether there are no gates. */
    public boolean isEmpty() {
        return list().isEmpty();
    }

    /** Returns the gates that protect a target of a model. */
    public List<Gate> gatesOf(String model, GateTarget target) {
        return parsedGatesOf(model, target).stream().map(ParsedGate::gate).toList();
    }

    private List<ParsedGate> parsedGatesOf(String model, GateTarget target) {
        if (isEmpty()) {
            return List.of();
        }
        var protection = new Protection(model, target);
        if (!judgements.isKnown(protection)) {
            judgements.prepare(new ComparedAliases(model)); // which is needed soon
        }
        return judgements.get(protection);
    }

    /**
     * Returns those targets of a model that gates protect, or whose holders conditions of the model's gates compare
     * with.
     */
    public List<GateTarget> listWatched(String model, Collection<GateTarget> targets) {
        if (isEmpty()) {
            return List.of();
        }
        judgements.prepare(new ComparedAliases(model));
        targets.forEach(target -> judgements.prepare(new Protection(model, target)));
        judgements.requireAnswered();
        Set<String> compared = judgements.get(new ComparedAliases(model));
        return targets.stream()
                .filter(target ->
                        !parsedGatesOf(model, target).isEmpty() || target.isAlias() && compared.contains(target.name()))
                .toList();
    }

    /**
     * Returns the result of each gate that protects a target, for an existing version.
     *
     * @param lookup finds the versions that relative conditions compare with
     */
    public List<GateResult> evaluate(ModelRow model, GateTarget target, long version, HolderLookup lookup) {
        List<ParsedGate> protecting = parsedGatesOf(model.name(), target);
        if (protecting.isEmpty()) {
            return List.of();
        }
        GateInputs inputs = GateInputs.of(protecting);
        Map<GateTarget, Optional<LastHolder>> holders = new HashMap<>();
        protecting.stream()
                .flatMap(gate -> gate.listComparedAliases().stream())
                .map(alias -> ParsedGate.comparedTarget(alias, target))
                .forEach(other ->
                        holders.computeIfAbsent(other, each -> lookup.find(each).map(inputs::restrict)));
        return judgements.get(
                new Evaluation(protecting, target, inputs.restrict(registry.getFacts(model, version)), holders));
    }

    /** Returns the results of the gates whose conditions an existing version fails; otherwise as {@link #evaluate}. */
    public List<GateResult> findFailed(ModelRow model, GateTarget target, long version, HolderLookup lookup) {
        return evaluate(model, target, version, lookup).stream()
                .filter(result -> !result.passed())
                .toList();
    }

    /**
     * Applies a function that uses this policy to each item. What it lacks for all of them is computed between two
     * attempts, instead of one after the other.
     */
    public <I, R> List<R> map(Collection<I> items, Function<I, R> function) {
        list();
        List<R> results = new ArrayList<>();
        for (I item : items) {
            try {
                results.add(function.apply(item));
            } catch (KirokuException e) {
                if (!judgements.hasOpen()) {
                    throw e;
                }
            }
        }
        judgements.requireAnswered();
        return results;
    }

    /** Which gates protect a target of a model. */
    private record Protection(String model, GateTarget target) implements Judgements.Question<List<ParsedGate>> {
        @Override
        public List<ParsedGate> answer(List<Gate> gates) {
            return GateEvaluator.gatesOf(gates, model, target).stream()
                    .map(ParsedGate::parse)
                    .toList();
        }
    }

    /** With which aliases the conditions of a model's gates compare. */
    private record ComparedAliases(String model) implements Judgements.Question<Set<String>> {
        @Override
        public Set<String> answer(List<Gate> gates) {
            Set<String> aliases = new HashSet<>();
            gates.stream()
                    .filter(gate -> GlobPattern.matches(gate.models(), model))
                    .forEach(gate -> aliases.addAll(ParsedGate.parse(gate).listComparedAliases()));
            return aliases;
        }
    }

    /** Whether the conditions of gates hold. */
    private record Evaluation(
            List<ParsedGate> protecting,
            GateTarget target,
            VersionFacts facts,
            Map<GateTarget, Optional<LastHolder>> holders)
            implements Judgements.Question<List<GateResult>> {
        @Override
        public List<GateResult> answer(List<Gate> gates) {
            var evaluator = new ConditionEvaluator(target, facts, holders);
            return protecting.stream().map(evaluator::evaluate).toList();
        }
    }
}
