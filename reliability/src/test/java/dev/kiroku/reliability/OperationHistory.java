package dev.kiroku.reliability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What clients did with registers whose numbers only grow, and when; each register has one writer. It can be told afterwards whether all of it
 * could have happened on one machine that does one thing after the other.
 */
final class OperationHistory {
    enum Kind {
        WRITE,
        READ
    }

    /** @param end 0 for a write whose answer never came */
    record Operation(String register, Kind kind, long value, long start, long end) {}

    private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();

    void add(Operation operation) {
        operations.add(operation);
    }

    int size() {
        return operations.size();
    }

    /** @return what contradicts; empty when all is well */
    List<String> contradictions() {
        Map<String, List<Operation>> byRegister = new HashMap<>();
        operations.forEach(o ->
                byRegister.computeIfAbsent(o.register, r -> new ArrayList<>()).add(o));
        List<String> contradictions = new ArrayList<>();
        byRegister.values().forEach(all -> check(all, contradictions));
        return contradictions;
    }

    private static void check(List<Operation> all, List<String> contradictions) {
        List<Operation> reads = all.stream()
                .filter(o -> o.kind == Kind.READ)
                .sorted(Comparator.comparingLong(Operation::start))
                .toList();
        // What was acknowledged or seen before a read began, it must see; what began after it had ended, it cannot.
        List<Operation> known = all.stream()
                .filter(o -> o.end > 0)
                .sorted(Comparator.comparingLong(Operation::end))
                .toList();
        int at = 0;
        Operation newest = null;
        for (Operation read : reads) {
            for (; at < known.size() && known.get(at).end < read.start; at++) {
                newest = newest == null || known.get(at).value > newest.value ? known.get(at) : newest;
            }
            if (newest != null && read.value < newest.value) {
                contradictions.add(read + " is older than " + newest);
            }
        }
        List<Operation> writes = all.stream()
                .filter(o -> o.kind == Kind.WRITE)
                .sorted(Comparator.comparingLong(Operation::start))
                .toList();
        List<Operation> byEnd =
                reads.stream().sorted(Comparator.comparingLong(Operation::end)).toList();
        at = 0;
        long begun = 0;
        for (Operation read : byEnd) {
            for (; at < writes.size() && writes.get(at).start < read.end; at++) {
                begun = Math.max(begun, writes.get(at).value);
            }
            if (read.value > begun) {
                contradictions.add(read + " was never written until then");
            }
        }
    }
}
