package dev.kiroku.stores.reports;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.core.audit.AuditVerifier;
import dev.kiroku.core.audit.CanonicalJson;
import dev.kiroku.core.reports.Reports;
import dev.kiroku.core.tracking.IdGenerator;
import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.audit.AuditApi;
import dev.kiroku.model.reports.Report;
import dev.kiroku.model.reports.ReportApi;
import dev.kiroku.stores.Stores;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The contract of reports on each database. */
abstract class ReportsContract {
    private static final Caller ANN = new Caller("ann", "r1");
    private static final Caller BOB = new Caller("bob", "r2");

    private final AtomicLong clock = new AtomicLong(1000);
    private Stores stores;
    private Reports reports;

    protected abstract Stores open() throws Exception;

    @BeforeEach
    void begin() throws Exception {
        stores = open();
        reports = new Reports(
                stores.reports(), new IdGenerator(new Random(1)), () -> Instant.ofEpochMilli(clock.incrementAndGet()));
    }

    @AfterEach
    void verifyAndClose() {
        var verification = new AuditVerifier().addAnchor(stores.audit().getHead(), "the log's end");
        stores.audit()
                .search(new AuditApi.SearchAuditLogRequest(null, null, null, null, null, null, true, null, null), 1000)
                .items()
                .forEach(verification::accept);
        stores.close();
        assertEquals(List.of(), verification.finish());
    }

    private Report create(String title, String content) {
        return reports.create(new ReportApi.CreateReportRequest(title, content), ANN)
                .report();
    }

    private Report update(String id, String title, String content, long expected, Caller who) {
        return reports.update(new ReportApi.UpdateReportRequest(id, title, content, expected), who)
                .report();
    }

    private Report get(String id, Long version) {
        return reports.get(new ReportApi.GetReportRequest(id, version)).report();
    }

    private List<String> titles(String containing) {
        return reports.search(new ReportApi.SearchReportsRequest(containing, null, null), ANN).reports().stream()
                .map(Report::title)
                .toList();
    }

    private static void refused(ErrorCode code, Executable attempt) {
        KirokuException e = assertThrows(KirokuException.class, attempt);
        assertEquals(code, e.code(), e.getMessage());
    }

    @Test
    void everyVersionRemainsReadable() {
        Report first = create("  Week 47  ", "# 報告\n");
        assertEquals("Week 47", first.title());
        assertEquals(first, get(first.reportId(), null));
        Report second = update(first.reportId(), null, "more", 1, BOB);
        Report third = update(first.reportId(), "Week 48", null, 2, ANN);
        assertEquals(List.of(2L, 3L), List.of(second.version(), third.version()));
        assertEquals("Week 48 more ann", third.title() + " " + third.content() + " " + third.author());
        assertEquals(third, get(first.reportId(), null));
        assertEquals(first, get(first.reportId(), 1L));
        assertEquals(second, get(first.reportId(), 2L));
        var versions = reports.listVersions(new ReportApi.ListReportVersionsRequest(first.reportId(), 2L, null));
        assertEquals(
                List.of(3L, 2L),
                versions.reports().stream().map(Report::version).toList());
        assertNull(versions.reports().getFirst().content());
        var rest = reports.listVersions(
                new ReportApi.ListReportVersionsRequest(first.reportId(), 2L, versions.nextPageToken()));
        assertEquals(
                List.of("Week 47"), rest.reports().stream().map(Report::title).toList());
        assertNull(rest.nextPageToken());
    }

    @Test
    void staleUpdatesAreRejected() {
        String id = create("Plan", "a").reportId();
        update(id, null, "b", 1, BOB);
        KirokuException e = assertThrows(KirokuException.class, () -> update(id, null, "c", 1, ANN));
        assertEquals(ErrorCode.RESOURCE_CONFLICT, e.code());
        assertTrue(e.getMessage().contains("changed by bob since version 1: it is at version 2"), e.getMessage());
        refused(ErrorCode.RESOURCE_CONFLICT, () -> reports.delete(new ReportApi.DeleteReportRequest(id, 1L), ANN));
        assertEquals("b", get(id, null).content());
        assertEquals(2, update(id, "Plan", "b", 2, ANN).version(), "an update without changes creates no version");
    }

    @Test
    void oneOfManyConcurrentWritersWins() throws Exception {
        String id = create("Race", "").reportId();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String text = "by " + i;
                all.add(threads.submit(() -> {
                    try {
                        update(id, null, text, 1, BOB);
                        return true;
                    } catch (KirokuException e) {
                        assertEquals(ErrorCode.RESOURCE_CONFLICT, e.code());
                        return false;
                    }
                }));
            }
            int won = 0;
            for (Future<Boolean> each : all) {
                won += each.get() ? 1 : 0;
            }
            assertEquals(1, won);
        }
        assertEquals(2, get(id, null).version());
    }

    @Test
    void listIsOrderedByLastUpdateAndSearchedByTitle() {
        String first = create("Alpha sweep", "x").reportId();
        create("beta", "Alpha is only in the text");
        create("ALPHABET", "");
        update(first, null, "y", 1, BOB);
        assertEquals(List.of("Alpha sweep", "ALPHABET", "beta"), titles(null));
        assertEquals(List.of("Alpha sweep", "ALPHABET"), titles("alpha"));
        var page = reports.search(new ReportApi.SearchReportsRequest(null, 2L, null), ANN);
        assertEquals(
                List.of("beta"),
                reports
                        .search(new ReportApi.SearchReportsRequest(null, 2L, page.nextPageToken()), ANN)
                        .reports()
                        .stream()
                        .map(Report::title)
                        .toList());
        assertNull(page.reports().getFirst().content());
    }

    @Test
    void deletedReportsAreGoneAndEveryChangeIsLogged() {
        String id = create("Secret plan", "text").reportId();
        update(id, null, "other", 1, BOB);
        reports.delete(new ReportApi.DeleteReportRequest(id, 2L), ANN);
        refused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> get(id, null));
        refused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> get(id, 1L));
        refused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> update(id, null, "c", 2, ANN));
        refused(
                ErrorCode.RESOURCE_DOES_NOT_EXIST,
                () -> reports.listVersions(new ReportApi.ListReportVersionsRequest(id, null, null)));
        assertEquals(List.of(), titles(null));
        var entries = stores.audit()
                .search(
                        new AuditApi.SearchAuditLogRequest(
                                null, "report", null, "reports/" + id, null, null, true, null, null),
                        10)
                .items();
        assertEquals(
                List.of("ann report.create", "bob report.update", "ann report.delete"),
                entries.stream().map(e -> e.actor() + " " + e.action()).toList());
        assertEquals(
                "{\"sha256\":\"" + CanonicalJson.digest("other") + "\",\"title\":\"Secret plan\",\"version\":2}",
                entries.get(1).after());
    }

    @Test
    void invalidReportsAreRejected() {
        for (String title : new String[] {" ", "x".repeat(251), "two\nlines"}) {
            refused(ErrorCode.INVALID_PARAMETER_VALUE, () -> create(title, ""));
        }
        refused(ErrorCode.INVALID_PARAMETER_VALUE, () -> create("t", "x".repeat(1_000_001)));
        refused(ErrorCode.INVALID_PARAMETER_VALUE, () -> create("t", "a\0b"));
        String id = create("t", "").reportId();
        refused(ErrorCode.INVALID_PARAMETER_VALUE, () -> update(id, "", null, 1, ANN));
        refused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> get(id, 7L));
        refused(ErrorCode.RESOURCE_DOES_NOT_EXIST, () -> get("nobody' or 1=1", null));
        refused(
                ErrorCode.INVALID_PARAMETER_VALUE,
                () -> reports.search(new ReportApi.SearchReportsRequest(null, 0L, null), ANN));
    }
}
