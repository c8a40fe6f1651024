package dev.kiroku.core.audit;

import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.audit.AuditEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks through a log from its first entry to its last. It trusts nothing that it is told but the anchors: what the log's end says of
 * itself, and what somebody noted elsewhere at an earlier time.
 */
public final class AuditVerifier {
    private static final int MAX_PROBLEMS = 100;

    private final Map<Long, List<Anchor>> anchors = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private long seq;
    private String hash = HashChain.GENESIS_HASH;

    private record Anchor(String hash, String source) {}

    /**
     * Has the log looked at for an end that it had once: it must be there still.
     *
     * @param source how a problem calls where the anchor came from
     */
    public AuditVerifier addAnchor(AuditApi.AuditLogHead end, String source) {
        anchors.computeIfAbsent(end.count(), count -> new ArrayList<>()).add(new Anchor(end.hash(), source));
        return this;
    }

    /** Takes the next entry, by sequence. */
    public void accept(AuditEntry entry) {
        if (seq == 0) {
            checkAnchors(); // an anchor of an empty log
        }
        if (entry.seq() != seq + 1) {
            addProblem(
                    entry.seq() > seq + 1
                            ? "entries " + (seq + 1) + " to " + (entry.seq() - 1) + " are missing"
                            : "entry " + entry.seq() + " stands behind entry " + seq);
        } else if (!hash.equals(entry.previous())) {
            addProblem("entry " + entry.seq() + " does not follow from entry " + seq
                    + ": one of them was replaced or moved");
        }
        String computed = HashChain.hash(entry);
        if (!computed.equals(entry.hash())) {
            addProblem("entry " + entry.seq() + " was changed: its hash is not that of what it says");
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
                    .forEach(anchor -> addProblem("entry " + seq + " is not the one that " + anchor.source
                            + " has: the log was written anew from there or before"));
        }
    }

    /** To be called after the last entry. @return what is wrong; empty when the log is whole */
    public List<String> finish() {
        if (seq == 0) {
            checkAnchors();
        }
        anchors.forEach((count, all) -> all.forEach(anchor -> addProblem("the log ends with entry " + seq + ", but "
                + anchor.source + " has " + count + ": the end was cut off")));
        anchors.clear();
        return List.copyOf(problems);
    }

    /** Where the log ended. */
    public AuditApi.AuditLogHead head() {
        return new AuditApi.AuditLogHead(seq, hash);
    }

    private void addProblem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        }
    }
}
