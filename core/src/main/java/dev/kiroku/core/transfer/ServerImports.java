package dev.kiroku.core.transfer;

import static dev.kiroku.model.KirokuException.invalid;
import static dev.kiroku.model.KirokuException.notFound;

import dev.kiroku.core.audit.AuditEvent;
import dev.kiroku.core.audit.AuditStore;
import dev.kiroku.core.audit.ChangeContext;
import dev.kiroku.core.tracking.Validation;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.Caller;
import dev.kiroku.model.transfer.ServerImport;
import dev.kiroku.model.transfer.ServerImport.Options;
import dev.kiroku.model.transfer.ServerImport.State;
import dev.kiroku.model.transfer.ServerImportApi;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations of {@link ServerImportApi}: imports in the background, one at a time for all servers on a database, which outlive the request and
 * can be cancelled. Thread-safe.
 */
public final class ServerImports implements AutoCloseable {
    private static final int MAX_LISTED = 50;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Logger log = LoggerFactory.getLogger(ServerImports.class);
    private final ImportStore store;
    private final AuditStore audit;
    private final ImportSources sources;
    private final ImportRunner runner;
    private final Clock clock;
    private volatile @Nullable Running running;

    private record Running(ImportRecorder recorder, Thread thread) {}

    /** Creates the operations. @param sources what may be imported */
    public ServerImports(ImportStore store, AuditStore audit, ImportSources sources, ImportRunner runner, Clock clock) {
        this.store = store;
        this.audit = audit;
        this.sources = sources;
        this.runner = runner;
        this.clock = clock;
    }

    /** Returns the latest imports, and what may be imported. */
    public ServerImportApi.ListImportsResponse list(ServerImportApi.ListImportsRequest request) {
        List<ServerImport> imports =
                store.list(MAX_LISTED).stream().map(this::withCurrentState).toList();
        return new ServerImportApi.ListImportsResponse(sources.allowed(), imports);
    }

    private ServerImport withCurrentState(ServerImport saved) {
        Running here = running;
        if (here != null && here.recorder.current().importId().equals(saved.importId())) {
            return here.recorder.current();
        }
        return ImportRecorder.isDead(saved, clock.millis()) ? interrupted(saved) : saved;
    }

    private static ServerImport interrupted(ServerImport saved) {
        return new ServerImport(
                saved.importId(),
                State.INTERRUPTED,
                saved.dryRun(),
                saved.source(),
                saved.description(),
                saved.options(),
                saved.signedIn(),
                saved.startedBy(),
                saved.startTime(),
                saved.updateTime(),
                saved.updateTime(),
                saved.progress(),
                saved.message(),
                saved.summary());
    }

    /** Starts an import. */
    public synchronized ServerImportApi.ImportResponse start(
            ServerImportApi.StartImportRequest request, Caller caller) {
        ImportRunner.Import prepared = runner.prepare(request);
        var options = new Options(
                request.mapExperiment(), request.rename(), request.prefix() == null ? "" : request.prefix());
        var plan = new ImportRecorder.Plan(
                request.source().strip(),
                options,
                isGiven(request.username()) || isGiven(request.password()),
                Boolean.TRUE.equals(request.dryRun()));
        ImportRecorder recorder = ImportRecorder.start(store, audit, clock, plan, caller, true);
        Thread thread = Thread.ofVirtual().name("import").unstarted(() -> run(prepared, recorder));
        running = new Running(recorder, thread);
        thread.start();
        return new ServerImportApi.ImportResponse(recorder.current());
    }

    private static boolean isGiven(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    private void run(ImportRunner.Import prepared, ImportRecorder recorder) {
        try {
            recorder.run(prepared::run, outcome -> outcome);
        } catch (KirokuException e) {
            log.info("An import failed: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            log.error("An import failed.", e);
        }
    }

    /** Cancels an import that runs here or on another server. */
    public ServerImportApi.ImportResponse cancel(ServerImportApi.CancelImportRequest request, Caller caller) {
        long id = request.importId();
        ServerImport found = store.list(MAX_LISTED).stream()
                .filter(each -> each.importId() == id)
                .map(this::withCurrentState)
                .findFirst()
                .orElseThrow(() -> notFound("There is no import %d, or it is not among the latest.", id));
        if (found.state() != State.RUNNING || !store.requestCancel(id)) {
            throw invalid("The import %d is not running: it cannot be cancelled.", id);
        }
        Running here = running;
        if (here != null && here.recorder.current().importId() == id) {
            here.recorder.cancel();
        }
        audit.append(List.of(AuditEvent.of(
                new ChangeContext(caller, clock.millis()), "import.cancel", "imports/" + id, null, null, Map.of())));
        return new ServerImportApi.ImportResponse(found);
    }

    /** Returns where an experiment comes from. */
    public ServerImportApi.FindOriginsResponse findOrigins(ServerImportApi.FindOriginsRequest request) {
        return new ServerImportApi.FindOriginsResponse(
                store.findOrigins(Validation.parseExperimentId(request.experimentId())));
    }

    /** Interrupts an import that is running, and waits until its current batch is written, for ten seconds at most. */
    @Override
    public void close() {
        Running here = running;
        if (here != null) {
            here.recorder.interrupt();
            try {
                here.thread.join(STOP_TIMEOUT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            here.recorder.close();
        }
    }
}
