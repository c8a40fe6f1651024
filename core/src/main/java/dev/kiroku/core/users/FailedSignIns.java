package dev.kiroku.core.users;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.model.api.Caller;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes failed sign-ins to the audit log. Attempts are counted for a minute; then there is one entry for each of the
 * accounts with the most attempts, and one for all others. So a flood adds a few entries a minute, whatever it sends.
 * Names that nobody has are not kept: people type passwords into the wrong field. Thread-safe.
 */
public final class FailedSignIns implements CredentialVerifier.FailureListener, AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    /** Accounts that are counted on their own within an interval. */
    private static final int MAX_COUNTED = 1000;
    /** Accounts that have an entry on their own. */
    private static final int MAX_ENTRIES = 10;

    private static final int MAX_ADDRESSES = 10;

    /** The attempts for one account, or for several. */
    private static final class Attempts {
        private long count;
        private final TreeSet<String> addresses = new TreeSet<>();
        private boolean moreAddresses;

        void add(String address) {
            count++;
            addAddress(address);
        }

        private void addAddress(String address) {
            if (addresses.size() < MAX_ADDRESSES) {
                addresses.add(address);
            } else {
                moreAddresses |= !addresses.contains(address);
            }
        }

        void addAll(Attempts other) {
            count += other.count;
            moreAddresses |= other.moreAddresses;
            other.addresses.forEach(this::addAddress);
        }

        Map<String, Object> content() {
            Map<String, Object> content = new TreeMap<>();
            content.put("attempts", count);
            content.put("addresses", List.copyOf(addresses));
            if (moreAddresses) {
                content.put("more_addresses", true);
            }
            return content;
        }
    }

    private final Logger log = LoggerFactory.getLogger(FailedSignIns.class);
    private final AuditStore audit;
    private final InstantSource clock;
    private final Thread thread;
    private Map<String, Attempts> ofAccounts = new HashMap<>();
    private Attempts others = new Attempts();

    private FailedSignIns(AuditStore audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("failed-sign-ins").unstarted(this::run);
    }

    /** Starts writing; it ends with {@link #close}. */
    public static FailedSignIns start(AuditStore audit, InstantSource clock) {
        var failed = new FailedSignIns(audit, clock);
        failed.thread.start();
        return failed;
    }

    @Override
    public synchronized void failed(@Nullable String user, String address) {
        Attempts attempts = user == null ? null : ofAccounts.get(user);
        if (attempts == null && user != null && ofAccounts.size() < MAX_COUNTED) {
            attempts = new Attempts();
            ofAccounts.put(user, attempts);
        }
        (attempts == null ? others : attempts).add(address);
    }

    private void run() {
        while (true) {
            try {
                Thread.sleep(INTERVAL);
            } catch (InterruptedException e) {
                return;
            }
            write();
        }
    }

    /** Writes what was counted since the last call. If that fails, it is counted as lost, with a warning. */
    void write() {
        List<AuditEvent> events = takeEvents();
        if (events.isEmpty()) {
            return;
        }
        try {
            audit.append(events);
        } catch (RuntimeException e) { // the database is unavailable: signing in does not work either
            log.warn("Failed sign-ins cannot be written to the audit log: {}", e.getMessage());
        }
    }

    private synchronized List<AuditEvent> takeEvents() {
        ChangeContext change = new ChangeContext(Caller.anonymous("-"), clock.millis());
        List<Map.Entry<String, Attempts>> counted = ofAccounts.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, Attempts> each) -> each.getValue().count)
                        .reversed()
                        .thenComparing(Map.Entry::getKey))
                .toList();
        List<AuditEvent> events = new ArrayList<>();
        for (Map.Entry<String, Attempts> each : counted) {
            if (events.size() < MAX_ENTRIES) {
                events.add(event(change, "users/" + each.getKey(), each.getValue()));
            } else {
                others.addAll(each.getValue());
            }
        }
        if (others.count > 0) {
            events.add(event(change, "users", others));
        }
        ofAccounts = new HashMap<>();
        others = new Attempts();
        return events;
    }

    private static AuditEvent event(ChangeContext change, String subject, Attempts attempts) {
        return AuditEvent.of(change, "session.failed", subject, null, null, attempts.content());
    }

    /** Stops the thread and writes the rest. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        write();
    }
}
