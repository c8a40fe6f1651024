package dev.kiroku.serving.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.kiroku.serving.input.InputTable;
import dev.kiroku.serving.protocol.PythonJson;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * ONNX models with one tensor of numbers as input, by ONNX Runtime in this process. Calls that wait are merged where the first dimension is
 * the rows, and rows were answered alike, together and alone, when the model was loaded. The libraries of Python and Java may be of
 * different versions, whose additions go in different orders: results may differ in the last digits of a 32-bit float.
 */
final class OnnxEngine implements InProcessEngine {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxEngine.class);
    private static final double TOLERANCE = 1e-5;
    private static final Set<OnnxJavaType> SUPPORTED_OUTPUT_TYPES = Set.of(
            OnnxJavaType.FLOAT,
            OnnxJavaType.DOUBLE,
            OnnxJavaType.INT64,
            OnnxJavaType.INT32,
            OnnxJavaType.BOOL,
            OnnxJavaType.STRING);
    private static final int PROBE_ROWS = 8;
    private static final long LOADER_STACK_BYTES = 64L << 20;

    /** A request's rows, and the form of its answer. */
    private record InferenceCall(double[] values, int rows, boolean dataFrame) {}

    /** Writes one cell of a tensor as JSON. */
    private interface CellWriter {
        void append(StringBuilder json, int cell);
    }

    /** An output: its cells in order, and its shape. */
    private record OutputTensor(String name, CellWriter cells, int[] shape) {
        int size() {
            int size = 1;
            for (int length : shape) {
                size = Math.multiplyExact(size, length);
            }
            return size;
        }
    }

    private final FeatureSpec features;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final String inputName;
    private final boolean float64;
    private final long fixedRows;
    private final List<String> outputNames;
    private final DynamicBatcher<InferenceCall, Optional<byte[]>> batcher;

    private OnnxEngine(JsonNode model, OrtEnvironment environment, OrtSession session, int maxBatchRows)
            throws OrtException {
        this.features = FeatureSpec.fromJson(model.path("input"));
        this.environment = environment;
        this.session = session;
        NodeInfo only = session.getInputInfo().values().iterator().next();
        TensorInfo tensor = (TensorInfo) only.getInfo();
        this.inputName = only.getName();
        this.float64 = tensor.type == OnnxJavaType.DOUBLE;
        this.fixedRows = tensor.getShape()[0];
        this.outputNames = List.copyOf(session.getOutputInfo().keySet());
        boolean merges = maxBatchRows > 0 && fixedRows < 0 && predictsRowsIndependently();
        LOG.info(
                "the model runs in ONNX Runtime {}; {}",
                environment.getVersion(),
                merges ? "requests that wait share a run" : "each request has a run of its own");
        this.batcher = new DynamicBatcher<>(
                this::runBatch, Runtime.getRuntime().availableProcessors(), merges ? maxBatchRows : 0);
    }

    /** Empty for a model of other inputs or outputs than this can read and write. */
    static Optional<InProcessEngine> create(JsonNode model, Path folder, int maxBatchRows) {
        Path file = folder.resolve(model.path("file").asString()).normalize();
        if (!file.startsWith(folder)) {
            return Optional.empty();
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            OrtEnvironment environment = loadRuntime();
            // Requests run side by side; one that spreads over all processors would only slow down the others.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            OrtSession session = environment.createSession(file.toString(), options);
            if (!isSupported(session)) {
                session.close();
                return Optional.empty();
            }
            return Optional.of(new OnnxEngine(model, environment, session, maxBatchRows));
        } catch (OrtException | LinkageError e) {
            LOG.warn("ONNX Runtime cannot run the model here, it is answered by Python: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Loads the library. It reads the command line of the process by a recursion as deep as that is long, and class paths are long. */
    private static OrtEnvironment loadRuntime() throws OrtException {
        var loading = new FutureTask<>(
                () -> OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "kiroku"));
        new Thread(null, loading, "onnx-runtime", LOADER_STACK_BYTES).start();
        try {
            OrtEnvironment environment = loading.get();
            environment.setTelemetry(false);
            return environment;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static boolean isSupported(OrtSession session) throws OrtException {
        if (session.getNumInputs() != 1
                || !(session.getInputInfo().values().iterator().next().getInfo() instanceof TensorInfo tensor)) {
            return false;
        }
        boolean numbers = tensor.type == OnnxJavaType.FLOAT || tensor.type == OnnxJavaType.DOUBLE;
        return numbers
                && tensor.getShape().length > 1
                && session.getOutputInfo().values().stream()
                        .allMatch(node -> node.getInfo() instanceof TensorInfo output
                                && SUPPORTED_OUTPUT_TYPES.contains(output.type));
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
        return features.createExampleBodies(f -> random.nextGaussian(), fixedRows > 0 ? (int) fixedRows : rows);
    }

    @Override
    public Optional<byte[]> predict(InputTable table) {
        if (fixedRows > 0 && fixedRows != table.rows()) {
            return Optional.empty();
        }
        double[] values = features.readRows(table);
        if (values == null) {
            return Optional.empty();
        }
        Optional<byte[]> json = batcher.call(
                new InferenceCall(values, table.rows(), table instanceof InputTable.DataFrame), table.rows());
        return json == null ? Optional.empty() : json;
    }

    private List<Optional<byte[]>> runBatch(List<InferenceCall> calls) {
        int rows = calls.stream().mapToInt(InferenceCall::rows).sum();
        try (OnnxTensor tensor = createInputTensor(calls, rows);
                OrtSession.Result result = session.run(Map.of(inputName, tensor))) {
            List<OutputTensor> all = new ArrayList<>();
            for (String name : outputNames) {
                all.add(readOutput(name, (OnnxTensor) result.get(name).orElseThrow()));
            }
            if (calls.size() == 1) {
                return List.of(writePredictions(all, 0, 1, calls.getFirst().dataFrame));
            }
            List<Optional<byte[]>> answers = new ArrayList<>();
            int from = 0;
            for (InferenceCall call : calls) {
                answers.add(writePredictions(sliceRows(all, call.rows), from, rows, call.dataFrame));
                from += call.rows;
            }
            return answers;
        } catch (OrtException e) {
            LOG.debug("left to Python: {}", e.getMessage());
            return Collections.nCopies(calls.size(), Optional.empty());
        }
    }

    private OnnxTensor createInputTensor(List<InferenceCall> calls, int rows) throws OrtException {
        int count = features.featureCount();
        long[] shape = new long[1 + features.shape().size()];
        shape[0] = rows;
        for (int i = 0; i < features.shape().size(); i++) {
            shape[i + 1] = features.shape().get(i);
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(
                        Math.multiplyExact(Math.multiplyExact(rows, count), float64 ? 8 : 4))
                .order(ByteOrder.nativeOrder());
        if (float64) {
            DoubleBuffer buffer = bytes.asDoubleBuffer();
            calls.forEach(call -> buffer.put(call.values));
            return OnnxTensor.createTensor(environment, buffer.flip(), shape);
        }
        FloatBuffer buffer = bytes.asFloatBuffer();
        for (InferenceCall call : calls) {
            for (double value : call.values) {
                buffer.put((float) value);
            }
        }
        return OnnxTensor.createTensor(environment, buffer.flip(), shape);
    }

    private static OutputTensor readOutput(String name, OnnxTensor tensor) throws OrtException {
        long[] shape = tensor.getInfo().getShape();
        int[] sizes = new int[shape.length];
        for (int i = 0; i < shape.length; i++) {
            sizes[i] = Math.toIntExact(shape[i]);
        }
        return new OutputTensor(name, cellWriter(tensor), sizes);
    }

    private static CellWriter cellWriter(OnnxTensor tensor) throws OrtException {
        switch (tensor.getInfo().type) {
            case FLOAT -> {
                FloatBuffer buffer = tensor.getFloatBuffer();
                return (json, cell) -> PythonJson.appendDouble(json, buffer.get(cell));
            }
            case DOUBLE -> {
                DoubleBuffer buffer = tensor.getDoubleBuffer();
                return (json, cell) -> PythonJson.appendDouble(json, buffer.get(cell));
            }
            case INT64 -> {
                var buffer = tensor.getLongBuffer();
                return (json, cell) -> json.append(buffer.get(cell));
            }
            case INT32 -> {
                var buffer = tensor.getIntBuffer();
                return (json, cell) -> json.append(buffer.get(cell));
            }
            case BOOL -> {
                ByteBuffer buffer = tensor.getByteBuffer();
                return (json, cell) -> json.append(buffer.get(cell) != 0);
            }
            case STRING -> {
                List<String> texts = new ArrayList<>();
                flatten(tensor.getValue(), texts);
                return (json, cell) -> json.append(PythonJson.quote(texts.get(cell)));
            }
            default -> throw new IllegalStateException("an output of " + tensor.getInfo().type);
        }
    }

    private static void flatten(Object value, List<String> into) {
        if (value instanceof Object[] array) {
            for (Object element : array) {
                flatten(element, into);
            }
        } else {
            into.add((String) value);
        }
    }

    /** Outputs as they would be for a part of the rows. */
    private static List<OutputTensor> sliceRows(List<OutputTensor> outputs, int rows) {
        return outputs.stream()
                .map(output -> {
                    int[] shape = output.shape.clone();
                    shape[0] = rows;
                    return new OutputTensor(output.name, output.cells, shape);
                })
                .toList();
    }

    /**
     * As MLflow answers: for a tensor an object of arrays, for a frame a record for each cell.
     *
     * @param from the first of its rows among all that were run
     */
    private static Optional<byte[]> writePredictions(List<OutputTensor> outputs, int from, int rows, boolean frame) {
        StringBuilder json = new StringBuilder("{\"predictions\": ");
        if (!frame) {
            json.append('{');
            for (OutputTensor output : outputs) {
                json.append(output == outputs.getFirst() ? "" : ", ")
                        .append(PythonJson.quote(output.name))
                        .append(": ");
                appendArray(json, output, 0, firstCell(output, from));
            }
            return Optional.of(json.append("}}").toString().getBytes(StandardCharsets.UTF_8));
        }
        int size = outputs.getFirst().size();
        if (outputs.stream().anyMatch(output -> output.size() != size)) {
            return Optional.empty(); // pandas has something to say about it
        }
        List<String> names = outputs.stream()
                .map(output -> PythonJson.quote(output.name) + ": ")
                .toList();
        json.append('[');
        for (int cell = 0; cell < size; cell++) {
            json.append(cell == 0 ? "{" : ", {");
            for (int i = 0; i < outputs.size(); i++) {
                json.append(i == 0 ? "" : ", ").append(names.get(i));
                outputs.get(i).cells.append(json, firstCell(outputs.get(i), from) + cell);
            }
            json.append('}');
        }
        return Optional.of(json.append("]}").toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Where the cells of a row begin. */
    private static int firstCell(OutputTensor output, int row) {
        return row == 0 ? 0 : row * (output.size() / output.shape[0]);
    }

    /** @return the cell after the last one written */
    private static int appendArray(StringBuilder json, OutputTensor output, int depth, int cell) {
        if (depth == output.shape.length) {
            output.cells.append(json, cell);
            return cell + 1;
        }
        int at = cell;
        json.append('[');
        for (int i = 0; i < output.shape[depth]; i++) {
            json.append(i == 0 ? "" : ", ");
            at = appendArray(json, output, depth + 1, at);
        }
        json.append(']');
        return at;
    }

    /** Whether each output has a first dimension of the rows, and they do not change each other's results. */
    private boolean predictsRowsIndependently() {
        Random random = new Random(7);
        List<InferenceCall> calls = new ArrayList<>();
        for (int i = 0; i < PROBE_ROWS; i++) {
            calls.add(new InferenceCall(
                    random.doubles(features.featureCount(), -2, 2).toArray(), 1, false));
        }
        try {
            List<Optional<byte[]>> together = runBatch(calls);
            for (int i = 0; i < PROBE_ROWS; i++) {
                Optional<byte[]> alone = runBatch(List.of(calls.get(i))).getFirst();
                if (alone.isEmpty()
                        || together.get(i).isEmpty()
                        || !PredictionMatcher.matches(
                                TOLERANCE, alone.get(), together.get(i).get())) {
                    return false;
                }
            }
            return true;
        } catch (IndexOutOfBoundsException e) { // an output that has not so many rows
            return false;
        }
    }

    @Override
    public void close() {
        batcher.close();
        try {
            session.close();
        } catch (OrtException e) {
            LOG.warn("a model could not be given back: {}", e.getMessage());
        }
    }
}
