package dev.kiroku.bench.scenarios;

import dev.kiroku.bench.http.BenchmarkRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a log-batch request with metrics. It is created once; each request overwrites only the digits of steps and timestamps, so that
 * the client costs little. The n-th batch has the steps from n × {@code steps} on.
 */
final class LogBatchBody {
    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;
    private static final int FIRST_STEP = 1_000_000; // all steps have the same number of digits

    private final byte[] body;
    private final List<int[]> places = new ArrayList<>();
    private final int steps;

    LogBatchBody(String runId, int keys, int steps) {
        this.steps = steps;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, "{\"run_id\":\"" + runId + "\",\"metrics\":[");
        for (int step = 0; step < steps; step++) {
            for (int key = 0; key < keys; key++) {
                String value = Double.toString((key * 31 + step * 17) % 997 / 997.0);
                write(
                        out,
                        (step + key == 0 ? "" : ",") + "{\"key\":\"train/metric-" + key + "\",\"value\":" + value
                                + ",\"timestamp\":");
                int timestampAt = out.size();
                write(out, FIRST_TIMESTAMP + ",\"step\":");
                places.add(new int[] {step, timestampAt, out.size()});
                write(out, FIRST_STEP + "}");
            }
        }
        write(out, "]}");
        this.body = out.toByteArray();
    }

    BenchmarkRequest request(long n) {
        for (int[] place : places) {
            long step = n * steps + place[0];
            digits(FIRST_TIMESTAMP + step * 1000, place[1] + 12);
            digits(FIRST_STEP + step, place[2] + 6);
        }
        return new BenchmarkRequest("POST", ApiCalls.PATH + "runs/log-batch", "application/json", null, body, 1);
    }

    private void digits(long number, int last) {
        for (int at = last; number > 0; at--, number /= 10) {
            body[at] = (byte) ('0' + number % 10);
        }
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
