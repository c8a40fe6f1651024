package dev.kiroku.core.registry.approvals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.InMemoryRegistry;
import dev.kiroku.core.registry.RegistryWriter;
import dev.kiroku.core.registry.gates.Gates;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.NewVersion;
import dev.kiroku.core.registry.store.VoterAccount;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.registry.ApprovalApi;
import dev.kiroku.model.registry.ApprovalRequest;
import dev.kiroku.model.registry.ApprovalRequest.State;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The state machine of approval requests without a database. Alias champion of iris needs the approval of bob or of the
 * group leads.
 */
class ApprovalsTest {
    private static final Caller ANN = new Caller("ann", "r1");
    private static final Caller BOB = new Caller("bob", "r2");
    private static final Caller EVE = new Caller("eve", "r3");
    private static final Caller LEAD = new Caller("lea", Set.of("leads"), "r4");

    private final AtomicLong clock = new AtomicLong(1000);
    private final InMemoryRegistry registry = new InMemoryRegistry();
    private final RegistryWriter writer = new RegistryWriter(registry);
    private final Approvals approvals = new Approvals(registry, () -> Instant.ofEpochMilli(clock.get()));

    @BeforeEach
    void createModel() {
        writer.create("iris", null, List.of(), by(ANN));
        for (int i = 1; i <= 3; i++) {
            registry.logMetric("run" + i, "accuracy", 0.9 + i / 100.0);
            writer.createVersion(new NewVersion("iris", "s", "s", "run" + i, null, null, List.of(), null), by(ANN));
        }
        requireApprovals(1);
    }

    private ChangeContext by(Caller caller) {
        return new ChangeContext(caller, clock.get());
    }

    private void requireApprovals(long required) {
        var approvers = new Gate.ApprovalRequirement(required, List.of("bob", "group:leads"), "1h", null);
        applyGates(new Gate("sign-off", "iris", "champion", null, null, approvers, null));
    }

    private void applyGates(Gate... gates) {
        new Gates(registry, () -> Instant.ofEpochMilli(clock.get()))
                .apply(new GateApi.ApplyGatesRequest(List.of(gates), null, null), ANN);
    }

    private long open(long version) {
        return approvals
                .open(
                        new ApprovalApi.CreateApprovalRequest(
                                "iris", Long.toString(version), "champion", null, null, null),
                        ANN)
                .approvalRequest()
                .id();
    }

    private static ApprovalApi.ApprovalActionRequest action(long id) {
        return new ApprovalApi.ApprovalActionRequest(id, null);
    }

    private ApprovalRequest get(long id) {
        return approvals.get(new ApprovalApi.GetApprovalRequest(id)).approvalRequest();
    }

    private State approve(long id, Caller caller) {
        return approvals.approve(action(id), caller).approvalRequest().state();
    }

    private long champion() {
        return registry.inSnapshot(
                snapshot -> snapshot.findHolder(snapshot.requireModel("iris"), GateTarget.alias("champion")));
    }

    private static void assertCode(ErrorCode code, Executable change) {
        KirokuException e = assertThrows(KirokuException.class, change);
        assertEquals(code, e.code(), e.getMessage());
    }

    @Test
    void lastRequiredApprovalMakesTheAssignment() {
        requireApprovals(2);
        long id = open(2);
        assertEquals(State.OPEN, approve(id, BOB));
        assertEquals(State.OPEN, approve(id, BOB), "a second approval of the same person does not count");
        assertEquals(0, champion());
        assertEquals(State.APPROVED, approve(id, LEAD));
        assertEquals(2, champion());
        assertCode(ErrorCode.INVALID_PARAMETER_VALUE, () -> approve(id, BOB));
    }

    @Test
    void requesterAndOthersCannotApprove() {
        long id = open(2);
        for (Caller caller : List.of(ANN, EVE, Caller.anonymous("r"))) {
            assertCode(ErrorCode.PERMISSION_DENIED, () -> approve(id, caller));
            assertEquals(State.OPEN, get(id).state());
        }
    }

    @Test
    void rejectionAndWithdrawalCloseTheRequest() {
        long rejected = open(2);
        assertCode(ErrorCode.PERMISSION_DENIED, () -> approvals.reject(action(rejected), EVE));
        approvals.reject(action(rejected), BOB);
        assertEquals(State.REJECTED, get(rejected).state());
        long withdrawn = open(2);
        assertCode(ErrorCode.PERMISSION_DENIED, () -> approvals.withdraw(action(withdrawn), BOB));
        approvals.withdraw(action(withdrawn), ANN);
        assertEquals(State.WITHDRAWN, get(withdrawn).state());
        assertEquals(0, champion());
    }

    @Test
    void newMetricsInvalidateTheRequest() {
        long id = open(2);
        registry.logMetric("run2", "accuracy", 0.5);
        assertCode(ErrorCode.INVALID_PARAMETER_VALUE, () -> approve(id, BOB));
        assertEquals("metrics of version 2 have changed since", get(id).reason());
    }

    @Test
    void anApprovedRequestInvalidatesOthersForTheTarget() {
        long first = open(2);
        long second = open(3);
        approve(first, BOB);
        assertEquals(State.INVALIDATED, get(second).state());
        assertEquals(
                List.of("approval.approved", "approval.invalidated", "approval.completed"),
                registry.events().stream()
                        .filter(event -> event.startsWith("approval.") && !event.equals("approval.requested"))
                        .toList());
    }

    @Test
    void expiredAndDeletedRequestsAreClosedOnce() {
        long expired = open(2);
        long deleted = open(3);
        writer.deleteVersion("iris", 3, by(ANN));
        clock.addAndGet(3_599_999);
        approvals.closeEnded();
        assertEquals(List.of(State.OPEN, State.INVALIDATED), states(expired, deleted));
        clock.incrementAndGet();
        approvals.closeEnded();
        approvals.closeEnded();
        assertEquals(List.of(State.EXPIRED, State.INVALIDATED), states(expired, deleted));
        assertEquals(
                2,
                registry.auditActions().stream()
                        .filter("approval.close"::equals)
                        .count());
    }

    private List<State> states(long... ids) {
        return java.util.Arrays.stream(ids)
                .mapToObj(id -> registry.inSnapshot(
                        snapshot -> snapshot.requireRequest(id).state()))
                .toList();
    }

    @Test
    void failingConditionsInvalidateOnCompletion() {
        long id = open(2);
        applyGates(
                new Gate("quality", "iris", "champion", null, "metrics.accuracy >= 0.99", null, null),
                new Gate(
                        "sign-off",
                        "iris",
                        "champion",
                        null,
                        null,
                        new Gate.ApprovalRequirement(1L, List.of("bob"), null, null),
                        null));
        assertEquals(State.INVALIDATED, approve(id, BOB));
        assertTrue(get(id).reason().contains("0.07 below 0.99"), get(id).reason());
        assertEquals(0, champion());
    }

    @Test
    void votesOfRemovedAccountsAndLeftGroupsDoNotCount() {
        requireApprovals(2);
        registry.putAccount("bob", new VoterAccount(1, Set.of()));
        registry.putAccount("lea", new VoterAccount(2, Set.of("leads")));
        registry.putAccount("max", new VoterAccount(3, Set.of("leads")));
        Caller max = new Caller("max", Set.of("leads"), "r5");
        long id = open(2);
        approve(id, BOB);
        registry.removeAccount("bob");
        assertEquals(State.OPEN, approve(id, LEAD), "bob's account was removed");
        registry.putAccount("bob", new VoterAccount(4, Set.of()));
        assertEquals(1, get(id).pending().getFirst().given(), "another account has that name now");
        registry.putAccount("lea", new VoterAccount(2, Set.of()));
        assertEquals(State.OPEN, approve(id, max), "lea has left the group");
        registry.putAccount("lea", new VoterAccount(2, Set.of("leads")));
        assertEquals(State.APPROVED, approve(id, max));
    }

    @Test
    void rolesCountWhileTheyAreHeld() {
        applyGates(new Gate(
                "sign-off",
                "iris",
                "champion",
                null,
                null,
                new Gate.ApprovalRequirement(2L, List.of("role:approvers", "bob"), "1h", null),
                null));
        registry.putAccount("max", new VoterAccount(1, Set.of("qa")));
        registry.putAccount("eve", new VoterAccount(2, Set.of()));
        Caller max = new Caller("max", Set.of("qa"), "r5");
        long id = open(2);
        assertCode(ErrorCode.PERMISSION_DENIED, () -> approve(id, max));
        registry.putRole("approvers", Set.of("group:qa", "user:eve"));
        assertEquals(State.OPEN, approve(id, max), "by the role of a group");
        registry.putRole("approvers", Set.of("user:eve"));
        assertEquals(0, get(id).pending().getFirst().given(), "the group has lost the role");
        assertEquals(State.OPEN, approve(id, EVE), "by the role of the user");
        registry.putRole("approvers", Set.of("group:qa", "user:eve"));
        registry.putAccount("max", new VoterAccount(1, Set.of()));
        assertEquals(1, get(id).pending().getFirst().given(), "max has left the group with the role");
        registry.putRole("approvers", Set.of());
        assertEquals(State.OPEN, approve(id, BOB), "eve has lost the role");
        registry.putRole("approvers", Set.of("user:eve"));
        assertEquals(State.APPROVED, approve(id, BOB));
    }

    @Test
    void rolesThatAreGainedAfterTheVoteDoNotCount() {
        applyGates(new Gate(
                "sign-off",
                "iris",
                "champion",
                null,
                null,
                new Gate.ApprovalRequirement(2L, List.of("role:approvers", "role:testers"), "1h", null),
                null));
        registry.putRole("approvers", Set.of("user:eve"));
        registry.putRole("testers", Set.of("user:bob"));
        long id = open(2);
        approve(id, EVE);
        registry.putRole("approvers", Set.of("user:bob"));
        registry.putRole("testers", Set.of("user:eve"));
        assertEquals(0, get(id).pending().getFirst().given());
    }

    @Test
    void spellingsOfANameAreOnePerson() {
        long id = open(2);
        for (String spelling : List.of("Ann", "ANN", "\uff41nn")) {
            assertCode(ErrorCode.PERMISSION_DENIED, () -> approve(id, new Caller(spelling, Set.of("leads"), "r")));
        }
        requireApprovals(2);
        assertEquals(State.OPEN, approve(id, BOB));
        assertEquals(State.OPEN, approve(id, new Caller("BOB", "r")));
        assertEquals(State.APPROVED, approve(id, LEAD));
    }

    @Test
    void renamingInvalidatesRequests() {
        applyGates();
        requireApprovalsOf("*");
        long id = open(2);
        writer.rename("iris", "rose", by(ANN));
        assertEquals(List.of(State.INVALIDATED), states(id));
        assertCode(ErrorCode.INVALID_PARAMETER_VALUE, () -> approve(id, BOB));
    }

    private void requireApprovalsOf(String models) {
        var approvers = new Gate.ApprovalRequirement(1L, List.of("bob"), "1h", null);
        applyGates(new Gate("sign-off", models, "champion", null, null, approvers, null));
    }

    @Test
    void requestsWithoutNeedOrEffectAreRejected() {
        assertCode(
                ErrorCode.INVALID_PARAMETER_VALUE,
                () -> approvals.open(
                        new ApprovalApi.CreateApprovalRequest("iris", "2", "challenger", null, null, null), ANN));
        assertCode(
                ErrorCode.INVALID_PARAMETER_VALUE,
                () -> approvals.open(
                        new ApprovalApi.CreateApprovalRequest("iris", null, "champion", null, null, null), ANN));
        assertCode(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> open(9));
    }
}
