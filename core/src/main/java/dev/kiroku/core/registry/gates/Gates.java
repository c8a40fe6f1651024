package dev.kiroku.core.registry.gates;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.Strings.abbreviate;
import static dev.kiroku.model.Strings.emptyToNull;
import static dev.kiroku.model.Strings.isNullOrEmpty;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.CanonicalJson;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.registry.store.GateTarget;
import dev.kiroku.core.registry.store.ModelRow;
import dev.kiroku.core.registry.store.RegistrySnapshot;
import dev.kiroku.core.registry.store.RegistryTransaction;
import dev.kiroku.core.registry.store.RegistryTransactions;
import dev.kiroku.core.registry.store.Stage;
import dev.kiroku.core.search.SearchLanguage;
import dev.kiroku.core.webhooks.WebhookMessage;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.access.ResourceKey;
import dev.kiroku.model.access.ResourceType;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.api.Empty;
import dev.kiroku.model.registry.Gate;
import dev.kiroku.model.registry.GateApi;
import dev.kiroku.model.registry.GateResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operations of {@link GateApi}. Thread-safe. */
public final class Gates {
    private static final int MAX_GATES = 1000;
    private static final int MAX_TEXT = 10_000;
    /** Transactions read all gates, so that the sum is limited too. */
    private static final int MAX_TOTAL_TEXT = 1_000_000;

    private static final int MAX_APPROVALS = 100;
    private static final Duration DEFAULT_EXPIRY = Duration.ofDays(7);
    private static final Duration MAX_EXPIRY = Duration.ofDays(366);
    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})([smhd])");

    private final RegistryTransactions registry;
    private final InstantSource clock;

    /**
     * Creates the operations on one database.
     *
     * @param clock the time of changes
     */
    public Gates(RegistryTransactions registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** Returns the gates that the caller may read, and the revision of all gates. */
    public GateApi.GatePolicy list(Empty request, Caller caller) {
        List<Gate> gates = registry.inSnapshot(RegistrySnapshot::listGates);
        Predicate<ResourceKey> visible =
                caller.rights().visible(ResourceType.GATE).filter();
        return new GateApi.GatePolicy(
                gates.stream()
                        .filter(gate -> visible.test(ResourceKey.named(ResourceType.GATE, gate.name())))
                        .toList(),
                revision(gates));
    }

    /** Replaces all gates, if they are at the expected revision, or returns what this would change. */
    public GateApi.ApplyGatesResponse apply(GateApi.ApplyGatesRequest request, Caller caller) {
        if (request.gates().size() > MAX_GATES) {
            throw invalid(
                    "There are %d gates, but at most %d are supported.",
                    request.gates().size(), MAX_GATES);
        }
        if (request.gates().stream().mapToLong(Gates::countCharacters).sum() > MAX_TOTAL_TEXT) {
            throw invalid("The gates have more than %d characters in total.", MAX_TOTAL_TEXT);
        }
        Set<String> names = new HashSet<>();
        for (Gate gate : request.gates()) {
            check(gate);
            if (!names.add(gate.name())) {
                throw invalid("There are two gates named '%s'. Give each gate its own name.", gate.name());
            }
        }
        List<Gate> sorted = request.gates().stream()
                .map(Gates::normalize)
                .sorted(Comparator.comparing(Gate::name))
                .toList();
        return replace(
                sorted,
                request.expectedRevision(),
                Boolean.TRUE.equals(request.dryRun()),
                new ChangeContext(caller, clock.millis()));
    }

    private GateApi.ApplyGatesResponse replace(
            List<Gate> gates, @Nullable String expectedRevision, boolean dryRun, ChangeContext change) {
        return registry.inTransaction("gates", tx -> {
            tx.lockGates();
            List<Gate> present = tx.listGates();
            String revision = revision(present);
            if (!isNullOrEmpty(expectedRevision) && !revision.equals(expectedRevision)) {
                throw new KirokuException(
                        ErrorCode.RESOURCE_CONFLICT,
                        "The gates were changed since revision " + expectedRevision + ": they are at revision "
                                + revision + ". Compare again, and apply with the present revision.");
            }
            List<GateApi.GateChange> changes = changes(present, gates);
            if (!dryRun) {
                changes.forEach(each -> write(tx, each, change));
                if (gates.stream().anyMatch(Gate::freezes)) {
                    tx.watchAssignedRuns();
                }
            }
            return new GateApi.ApplyGatesResponse(changes, revision(gates));
        });
    }

    private static List<GateApi.GateChange> changes(List<Gate> before, List<Gate> after) {
        Map<String, Gate> old = before.stream().collect(Collectors.toMap(Gate::name, Function.identity()));
        Map<String, Gate> now = after.stream().collect(Collectors.toMap(Gate::name, Function.identity()));
        Set<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .map(name -> new GateApi.GateChange(name, old.get(name), now.get(name)))
                .filter(each -> each.before() == null || !each.before().equals(each.after()))
                .toList();
    }

    private static void write(RegistryTransaction tx, GateApi.GateChange gate, ChangeContext change) {
        if (gate.before() != null) {
            tx.deleteGate(gate.name());
        }
        if (gate.after() != null) {
            tx.insertGate(gate.after());
        }
        String action = gate.before() == null ? "gate.create" : gate.after() == null ? "gate.delete" : "gate.update";
        tx.appendAudit(AuditEvent.of(change, action, "gates/" + gate.name(), null, gate.before(), gate.after()));
        tx.emit(WebhookMessage.gateChanged(gate, change.caller().name()), change.timestamp());
    }

    /** Returns the results of the gates for a version, without changing anything. */
    public GateApi.CheckGatesResponse check(GateApi.CheckGatesRequest request) {
        boolean any = isNullOrEmpty(request.alias()) && isNullOrEmpty(request.stage());
        GateTarget target = any ? null : GateTarget.of(request.alias(), request.stage());
        long version;
        try {
            version = Long.parseLong(request.version().strip());
        } catch (NumberFormatException e) {
            throw invalid("Parameter 'version' must be an integer.");
        }
        List<GateResult> results = evaluate(request.name(), version, target);
        return new GateApi.CheckGatesResponse(results.stream().allMatch(GateResult::passed), results);
    }

    /** @param target null for all aliases and stages that gates name */
    private List<GateResult> evaluate(String name, long version, @Nullable GateTarget target) {
        return new PolicyTransactions(registry).inSnapshot((snapshot, policy) -> {
            ModelRow model =
                    snapshot.findModel(name).orElseThrow(() -> RegistrySnapshot.versionNotFound(name, version));
            snapshot.requireVersion(model, version);
            HolderLookup lookup = HolderLookup.present(snapshot, model);
            return policy
                    .map(
                            target == null ? targets(policy.list()) : Set.of(target),
                            each -> target == null && !names(policy.gatesOf(name, each), each)
                                    ? List.<GateResult>of()
                                    : policy.evaluate(model, each, version, lookup))
                    .stream()
                    .flatMap(List::stream)
                    .toList();
        });
    }

    /** Returns the aliases and stages that gates name. A pattern of aliases is returned as if it were an alias. */
    private static Set<GateTarget> targets(List<Gate> gates) {
        return gates.stream()
                .map(gate -> GateTarget.of(gate.alias(), gate.stage()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Returns whether one of the gates names a target itself, and not by a pattern that matches it. */
    private static boolean names(List<Gate> gates, GateTarget target) {
        return targets(gates).contains(target);
    }

    /**
     * Returns a digest that differs whenever a gate differs.
     *
     * @param gates ordered by name
     */
    public static String revision(List<Gate> gates) {
        return CanonicalJson.digest(gates).substring(0, 16);
    }

    /** Returns how long a request for a gate's approval stays open. */
    public static Duration expiry(Gate.ApprovalRequirement approvals) {
        return approvals.expireAfter() == null ? DEFAULT_EXPIRY : parseDuration(approvals.expireAfter());
    }

    private static Duration parseDuration(String text) {
        Matcher m = DURATION.matcher(text);
        if (!m.matches()) {
            throw invalid("Invalid duration '%s': write a number with s, m, h or d, such as 12h or 7d.", text);
        }
        long n = Long.parseLong(m.group(1));
        Duration duration = switch (m.group(2)) {
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
        if (duration.isZero() || duration.compareTo(MAX_EXPIRY) > 0) {
            throw invalid("Invalid duration '%s': it must be positive and at most %d days.", text, MAX_EXPIRY.toDays());
        }
        return duration;
    }

    private static long countCharacters(Gate gate) {
        Gate.ApprovalRequirement approvals = gate.approvals();
        return Stream.concat(
                        Stream.of(
                                gate.name(),
                                gate.models(),
                                gate.alias(),
                                gate.stage(),
                                gate.require(),
                                gate.description()),
                        approvals == null ? Stream.of() : approvals.from().stream())
                .filter(Objects::nonNull)
                .mapToLong(text -> 1L + text.length())
                .sum();
    }

    private static void check(Gate gate) {
        for (String text :
                new String[] {gate.name(), gate.models(), gate.alias(), gate.stage(), gate.require(), gate.description()
                }) {
            if (text != null && text.length() > MAX_TEXT) {
                throw invalid(
                        "Gate '%s' has a text of more than %d characters.", abbreviate(gate.name(), 60), MAX_TEXT);
            }
        }
        if (isNullOrEmpty(gate.alias()) == isNullOrEmpty(gate.stage())) {
            throw invalid("Gate '%s' must name exactly one of alias and stage.", gate.name());
        }
        if (isNullOrEmpty(gate.require()) && gate.approvals() == null) {
            throw invalid(
                    "Gate '%s' has neither conditions (require) nor approvals, so it would protect nothing.",
                    gate.name());
        }
        String stage = emptyToNull(gate.stage());
        if (stage != null && Stage.parse(stage) == Stage.NONE && gate.freezes()) {
            throw invalid(
                    "Gate '%s' cannot freeze runs of versions in stage None: every new version is in it.", gate.name());
        }
        String require = emptyToNull(gate.require());
        if (require != null) {
            try {
                SearchLanguage.parseGate(require);
            } catch (KirokuException e) {
                throw invalid("%s", "In gate '" + gate.name() + "': " + e.getMessage());
            }
        }
        if (gate.approvals() != null) {
            check(gate.name(), gate.approvals());
        }
    }

    private static void check(String name, Gate.ApprovalRequirement approvals) {
        if (approvals.required() < 1 || approvals.required() > MAX_APPROVALS) {
            throw invalid("Gate '%s' must require from 1 to %d approvals.", name, MAX_APPROVALS);
        }
        if (approvals.from().size() > MAX_GATES
                || approvals.from().stream()
                        .anyMatch(who -> who.isBlank() || who.contains("\n") || who.length() > 300)) {
            throw invalid(
                    "Gate '%s' has an invalid approver: names must not be empty, longer than 300 characters or more than one line.",
                    name);
        }
        boolean people = !approvals.from().isEmpty()
                && approvals.from().stream().noneMatch(who -> who.startsWith("group:") || who.startsWith("role:"));
        if (people && Set.copyOf(approvals.from()).size() < approvals.required()) {
            throw invalid(
                    "Gate '%s' requires %d approvals from %d people, which is impossible.",
                    name, approvals.required(), Set.copyOf(approvals.from()).size());
        }
        expiry(approvals);
    }

    /** Returns a gate with null for empty texts, so that equal gates have equal records. */
    private static Gate normalize(Gate gate) {
        String stage = emptyToNull(gate.stage());
        String require = emptyToNull(gate.require());
        Gate.ApprovalRequirement approvals = gate.approvals();
        return new Gate(
                gate.name(),
                gate.models(),
                emptyToNull(gate.alias()),
                stage == null ? null : Stage.parse(stage).wireName(),
                require == null ? null : require.strip(),
                approvals == null
                        ? null
                        : new Gate.ApprovalRequirement(
                                approvals.required(),
                                approvals.from(),
                                emptyToNull(approvals.expireAfter()),
                                Boolean.TRUE.equals(approvals.openRequests()) ? true : null),
                emptyToNull(gate.description()),
                gate.freezes() ? true : null);
    }
}
