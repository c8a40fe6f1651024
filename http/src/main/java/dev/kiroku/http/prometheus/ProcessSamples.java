package dev.kiroku.http.prometheus;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Samples of this process from the JVM and the operating system. The names are those that dashboards for the JVM expect. */
public final class ProcessSamples {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessSamples() {}

    /** Returns the present values. Resident memory is left out where the operating system has no {@code /proc}. */
    public static List<PrometheusSample> collect() {
        List<PrometheusSample> samples = new ArrayList<>();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        samples.add(memorySample("jvm_memory_used_bytes", "Memory in use.", "heap", heap.getUsed()));
        samples.add(memorySample("jvm_memory_used_bytes", "Memory in use.", "nonheap", other.getUsed()));
        samples.add(memorySample("jvm_memory_max_bytes", "Maximum memory.", "heap", heap.getMax()));
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            samples.add(PrometheusSample.counter(
                            "jvm_gc_collection_seconds_total",
                            "Time spent in garbage collection.",
                            collector.getCollectionTime() / 1e3)
                    .withLabel("gc", collector.getName()));
        }
        samples.add(PrometheusSample.gauge(
                "jvm_threads_current",
                "Platform threads.",
                ManagementFactory.getThreadMXBean().getThreadCount()));
        samples.add(PrometheusSample.gauge(
                "process_start_time_seconds",
                "Start of the process, in seconds since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3));
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(cpu -> samples.add(PrometheusSample.counter(
                        "process_cpu_seconds_total", "Processor time used.", cpu.toMillis() / 1e3)));
        samples.addAll(residentMemory());
        return samples;
    }

    private static PrometheusSample memorySample(String name, String help, String area, long bytes) {
        return PrometheusSample.gauge(name, help, bytes).withLabel("area", area);
    }

    private static List<PrometheusSample> residentMemory() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> PrometheusSample.gauge(
                            "process_resident_memory_bytes",
                            "Resident memory.",
                            1024.0 * Long.parseLong(line.replaceAll("\\D", ""))))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
