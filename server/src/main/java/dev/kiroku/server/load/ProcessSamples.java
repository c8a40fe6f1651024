package dev.kiroku.server.load;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the JVM and the operating system know of this process. Names are those that dashboards for the JVM expect. */
final class ProcessSamples {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessSamples() {}

    static List<Sample> all() {
        List<Sample> samples = new ArrayList<>();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        samples.add(memory("jvm_memory_used_bytes", "Memory in use.", "heap", heap.getUsed()));
        samples.add(memory("jvm_memory_used_bytes", "Memory in use.", "nonheap", other.getUsed()));
        samples.add(memory("jvm_memory_max_bytes", "The most memory there may be.", "heap", heap.getMax()));
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            samples.add(Sample.counter(
                            "jvm_gc_collection_seconds_total",
                            "Time spent collecting garbage.",
                            collector.getCollectionTime() / 1e3)
                    .with("gc", collector.getName()));
        }
        samples.add(Sample.gauge(
                "jvm_threads_current",
                "Platform threads.",
                ManagementFactory.getThreadMXBean().getThreadCount()));
        samples.add(Sample.gauge(
                "process_start_time_seconds",
                "When the process started, in seconds since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3));
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(cpu -> samples.add(
                        Sample.counter("process_cpu_seconds_total", "Processor time used.", cpu.toMillis() / 1e3)));
        resident().forEach(samples::add);
        return samples;
    }

    private static Sample memory(String name, String help, String area, long bytes) {
        return Sample.gauge(name, help, bytes).with("area", area);
    }

    /** Where the operating system tells it. */
    private static List<Sample> resident() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> Sample.gauge(
                            "process_resident_memory_bytes",
                            "Memory that the process holds.",
                            1024.0 * Long.parseLong(line.replaceAll("\\D", ""))))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
