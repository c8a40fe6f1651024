package dev.kiroku.serving.engine;

import ai.onnxruntime.OrtException;
import dev.kiroku.serving.input.InputTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Runs ONNX models in ONNX Runtime. Waiting requests share a run if the first dimension of the input is the number of rows and the results
 * for a row do not depend on the other rows. The versions of ONNX Runtime in Java and in Python may differ in the order of additions, so
 * results may differ in the last digits of a 32-bit float.
 */
final class OnnxEngine implements InProcessEngine {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxEngine.class);
    private static final double TOLERANCE = 1e-5;
    private static final int PROBE_ROWS = 8;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

    /**
     * The rows of a request.
     *
     * @param dataFrame whether the request is a data frame, which decides the form of the response
     */
    private record InferenceCall(double[] values, int rows, boolean dataFrame) {}

    private final FeatureSpec features;
    private final OnnxModel model;
    private final DynamicBatcher<InferenceCall, Optional<byte[]>> batcher;

    private OnnxEngine(FeatureSpec features, OnnxModel model, int maxBatchRows) {
        this.features = features;
        this.model = model;
        this.batcher = new DynamicBatcher<>(
                calls -> run(model, features, calls), Runtime.getRuntime().availableProcessors(), maxBatchRows);
    }

    /**
     * Creates the engine.
     *
     * @param description of the model, from {@code kiroku_worker/onnx_models.py}
     * @param folder the directory with the model's files
     * @param maxBatchRows the limit of rows in a merged run; 0 to merge none
     * @return empty when ONNX Runtime cannot load the model here, or its inputs or outputs are not supported
     */
    static Optional<InProcessEngine> create(JsonNode description, Path folder, int maxBatchRows) {
        Path file = folder.resolve(description.path("file").asString()).normalize();
        if (!file.startsWith(folder)) {
            return Optional.empty();
        }
        try {
            Optional<OnnxModel> model = OnnxModel.load(file);
            if (model.isEmpty()) {
                return Optional.empty();
            }
            try {
                return Optional.of(create(description, model.get(), maxBatchRows));
            } catch (RuntimeException e) {
                model.get().close();
                throw e;
            }
        } catch (OrtException | LinkageError e) {
            LOG.warn("ONNX Runtime cannot load the model, Python predicts instead: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static InProcessEngine create(JsonNode description, OnnxModel model, int maxBatchRows) {
        FeatureSpec features = FeatureSpec.fromJson(description.path("features"));
        boolean merges = maxBatchRows > 0 && model.fixedRows() < 0 && predictsRowsIndependently(model, features);
        LOG.info(
                "the model is loaded into ONNX Runtime {}; {}",
                model.runtimeVersion(),
                merges ? "waiting requests share a run" : "each request has its own run");
        return new OnnxEngine(features, model, merges ? maxBatchRows : 0);
    }

    /** Returns whether the first dimension of each output is the rows, and the results for rows are the same together and alone. */
    private static boolean predictsRowsIndependently(OnnxModel model, FeatureSpec features) {
        Random random = new Random(7);
        List<InferenceCall> calls = new ArrayList<>();
        for (int i = 0; i < PROBE_ROWS; i++) {
            calls.add(new InferenceCall(
                    random.doubles(features.featureCount(), -2, 2).toArray(), 1, false));
        }
        try {
            List<Optional<byte[]>> together = run(model, features, calls);
            for (int i = 0; i < PROBE_ROWS; i++) {
                Optional<byte[]> alone =
                        run(model, features, List.of(calls.get(i))).getFirst();
                if (alone.isEmpty()
                        || together.get(i).isEmpty()
                        || !PredictionMatcher.matches(
                                TOLERANCE, alone.get(), together.get(i).get())) {
                    return false;
                }
            }
            return true;
        } catch (IndexOutOfBoundsException e) { // an output that has fewer rows than the input
            return false;
        }
    }

    private static List<Optional<byte[]>> run(OnnxModel model, FeatureSpec features, List<InferenceCall> calls) {
        int rows = calls.stream().mapToInt(InferenceCall::rows).sum();
        try {
            List<OnnxOutput> outputs =
                    model.run(calls.stream().map(InferenceCall::values).toList(), rows, features.shape());
            if (calls.size() == 1) {
                return List.of(OnnxOutput.toJson(outputs, 0, calls.getFirst().dataFrame()));
            }
            List<Optional<byte[]>> responses = new ArrayList<>();
            int firstRow = 0;
            for (InferenceCall call : calls) {
                List<OnnxOutput> part = outputs.stream()
                        .map(output -> output.withRows(call.rows()))
                        .toList();
                responses.add(OnnxOutput.toJson(part, firstRow, call.dataFrame()));
                firstRow += call.rows();
            }
            return responses;
        } catch (OrtException e) {
            LOG.debug("left to Python: {}", e.getMessage());
            return Collections.nCopies(calls.size(), Optional.empty());
        }
    }

    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public double tolerance() {
        return TOLERANCE;
    }

    @Override
    public List<String> createExampleBodies(Random random, int rows) {
        return features.createExampleBodies(
                feature -> random.nextGaussian(), model.fixedRows() > 0 ? (int) model.fixedRows() : rows);
    }

    @Override
    public Optional<byte[]> predict(InputTable table) {
        if (model.fixedRows() > 0 && model.fixedRows() != table.rows()) {
            return Optional.empty();
        }
        double[] values = features.readRows(table);
        if (values == null) {
            return Optional.empty();
        }
        return batcher.call(
                        new InferenceCall(values, table.rows(), table instanceof InputTable.DataFrame), table.rows())
                .flatMap(response -> response);
    }

    @Override
    public void close() {
        if (batcher.close(CLOSE_TIMEOUT)) {
            unload();
        } else { // a run cannot be interrupted, and the model must not be unloaded while it lasts
            Thread.ofVirtual().start(() -> {
                batcher.close();
                unload();
            });
        }
    }

    private void unload() {
        try {
            model.close();
        } catch (OrtException e) {
            LOG.warn("a model could not be unloaded from ONNX Runtime: {}", e.getMessage());
        }
    }
}
