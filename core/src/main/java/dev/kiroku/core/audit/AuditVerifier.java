package dev.kiroku.core.audit;

import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Verifies the hash chain of an audit log, from the first entry to the last. A log that was rewritten as a whole has a
 * valid chain: it is detected by anchors, which are heads of the log that were recorded elsewhere at an earlier time.
 * Not thread-safe.
 */
public final class AuditVerifier {
    private static final int MAX_PROBLEMS = 100;

    private final Map<Long, List<Anchor>> anchors = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long seq;
    private String hash = HashChain.GENESIS_HASH;

    private record Anchor(String hash, String source) {}

    /**
     * Adds a head that the log once had: its last entry must still be there, unchanged. To be called before the first
     * entry.
     *
     * @param source the origin of the anchor, for messages
     */
    public AuditVerifier addAnchor(AuditApi.AuditLogHead end, String source) {
        anchors.computeIfAbsent(end.count(), count -> new ArrayList<>()).add(new Anchor(end.hash(), source));
        return this;
    }

    /** Verifies the next entry, in the order of the log. */
    public void accept(AuditEntry entry) {
        if (seq == 0) {
            checkAnchors(); // anchors of an empty log
        }
        if (entry.seq() != seq + 1) {
            addProblem(
                    entry.seq() > seq + 1
                            ? "entries " + (seq + 1) + " to " + (entry.seq() - 1) + " are missing"
                            : "entry " + entry.seq() + " follows entry " + seq);
        } else if (!hash.equals(entry.previous())) {
            addProblem("entry " + entry.seq() + " does not follow from entry " + seq
                    + ": one of them was replaced or moved");
        }
        String computed = HashChain.hash(entry);
        if (!computed.equals(entry.hash())) {
            addProblem("entry " + entry.seq() + " was changed: its hash does not match its content");
        }
        seq = entry.seq();
        hash = entry.hash();
        checkAnchors();
    }

    private void checkAnchors() {
        List<Anchor> here = anchors.remove(seq);
        if (here != null) {
            here.stream()
                    .filter(anchor -> !anchor.hash.equals(hash))
                    .forEach(anchor -> addProblem("entry " + seq + " differs from the one recorded by " + anchor.source
                            + ": the log was rewritten from there or from an earlier entry"));
        }
    }

    /** Returns the problems found, at most 100; empty if the log is intact. To be called after the last entry. */
    public List<String> finish() {
        if (seq == 0) {
            checkAnchors();
        }
        anchors.forEach((count, all) -> all.forEach(anchor -> addProblem("the log ends with entry " + seq + ", but "
                + anchor.source + " recorded entry " + count + ": the end of the log was removed")));
        anchors.clear();
        return List.copyOf(problems);
    }

    /** Returns the head of the log as verified so far. */
    public AuditApi.AuditLogHead head() {
        return new AuditApi.AuditLogHead(seq, hash);
    }

    private void addProblem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        }
    }
}
