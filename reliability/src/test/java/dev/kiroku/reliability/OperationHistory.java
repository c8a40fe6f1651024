package dev.kiroku.reliability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The operations of clients on registers whose values only grow; each register has one writer. Checks whether the history is
 * linearizable.
 */
final class OperationHistory {
    enum Kind {
        WRITE,
        READ
    }

    /** An operation. @param end 0 for a write without a response */
    record Operation(String register, Kind kind, long value, long start, long end) {}

    private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();

    void add(Operation operation) {
        operations.add(operation);
    }

    int size() {
        return operations.size();
    }

    /** Returns the operations that contradict linearizability; empty if there are none. */
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
        // A read must see what was acknowledged or read before it began, and cannot see what began after it ended.
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
