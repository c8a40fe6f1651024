package dev.kiroku.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.cli.command.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the program in a process of its own. */
class ServerProcessTest {
    private static final Pattern URL = Pattern.compile("serves on (http://\\S+)");

    @TempDir
    private Path folder;

    private Process process;

    @AfterEach
    void endProcess() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void servesUntilTerminatedAndKeepsData() throws Exception {
        String url = start();
        assertEquals("OK", get(url + "/health").body());
        HttpResponse<String> created = post(url + "/api/2.0/mlflow/experiments/create", "{\"name\": \"kept\"}");
        assertEquals(200, created.statusCode(), created.body());
        assertTrue(Files.exists(folder.resolve("kiroku-data/kiroku.db")));

        List<String> said = stop();
        assertEquals(0, process.exitValue(), said.toString());
        assertEquals("Stopped.", said.getLast());

        url = start();
        assertEquals(
                200,
                get(url + "/api/2.0/mlflow/experiments/get-by-name?experiment_name=kept")
                        .statusCode());
    }

    @Test
    void finishesRequestsInFlightOnTermination() throws Exception {
        URI address = URI.create(start());
        String body = "{\"name\": \"late\"}";
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write(
                            ("POST /api/2.0/mlflow/experiments/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "Content-Length: " + body.length() + "\r\n\r\n" + body.substring(0, 5))
                                    .getBytes(StandardCharsets.US_ASCII));
            assertEquals("OK", get(address + "/health").body(), "what was sent before this has arrived");
            process.toHandle().destroy();
            assertTrue(process.errorReader().lines().anyMatch(line -> line.startsWith("Stopping")));
            awaitRefusal(address);
            socket.getOutputStream().write(body.substring(5).getBytes(StandardCharsets.US_ASCII));
            assertEquals(
                    "HTTP/1.1 200 OK",
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine());
        }
        List<String> said = process.errorReader().readAllLines();
        assertEquals(0, process.waitFor(), said.toString());
        assertEquals(List.of("Stopped."), said);
        assertEquals(
                200,
                get(start() + "/api/2.0/mlflow/experiments/get-by-name?experiment_name=late")
                        .statusCode());
    }

    /** Waits until the server accepts no new connections. */
    private static void awaitRefusal(URI address) throws InterruptedException, IOException {
        for (int i = 0; i < 200; i++) {
            try (Socket _ = new Socket(address.getHost(), address.getPort())) {
                Thread.sleep(50);
            } catch (ConnectException e) {
                return;
            }
        }
        throw new AssertionError("new connections are still taken");
    }

    @Test
    void occupiedPortIsReportedInOneLine() throws Exception {
        String port = start().replaceAll(".*:", "");
        Process second = process("server", "--port", port, "--backend-store-uri", "sqlite:///other.db");
        List<String> said = second.errorReader().readAllLines();
        assertEquals(ExitStatus.FAILURE, second.waitFor());
        assertEquals(1, said.size(), said.toString());
        assertTrue(
                said.getFirst().startsWith("kiroku server: ") && said.getFirst().contains(port), said.getFirst());
    }

    @Test
    void dataIsForTheOwnerAloneWhateverTheUmask() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 0; exec \"$@\"", "sh"));
        command.addAll(command("server", "--port", "0"));
        process = builder(command).start();
        awaitUrl();
        Path data = folder.resolve("kiroku-data");
        assertEquals("rwx------", permissions(data));
        for (String file : List.of("kiroku.db", "kiroku.db-wal", "kiroku.db-shm")) {
            assertEquals("rw-------", permissions(data.resolve(file)), file);
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void waitsForTheDatabaseUntilTerminated() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        process = process("server", "--backend-store-uri", "postgresql://ann:s3cr3t@127.0.0.1:" + port + "/runs");
        String line = process.errorReader().readLine();
        assertTrue(
                line != null
                        && line.contains(
                                "The database postgresql://ann:***@127.0.0.1:" + port + "/runs cannot be reached")
                        && line.contains("Waiting for it"),
                line);
        List<String> said = stop();
        assertEquals(List.of(), said);
        assertEquals(128 + 15, process.exitValue(), "ended by SIGTERM");
    }

    @Test
    void unreachableDatabaseIsReportedInOneLineAfterTheWait() throws Exception {
        process = process(
                "server",
                "--database-wait",
                "0",
                "--backend-store-uri",
                "postgresql://ann:s3cr3t@nowhere.invalid/runs");
        List<String> said = process.errorReader().readAllLines();
        assertEquals(ExitStatus.FAILURE, process.waitFor());
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.getFirst().contains("nowhere.invalid"), said.toString());
    }

    @Test
    void trainingRunLeavesNoFiles() throws Exception {
        Process training = process("train");
        List<String> said = training.errorReader().readAllLines();
        assertEquals(0, training.waitFor(), said.toString());
        assertEquals(List.of(), said);
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** Starts the server on a free port and returns its URL. */
    private String start() throws IOException {
        process = process("server", "--port", "0");
        return awaitUrl();
    }

    private String awaitUrl() throws IOException {
        List<String> said = new ArrayList<>();
        BufferedReader reader = process.errorReader();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            said.add(line);
            Matcher banner = URL.matcher(line);
            if (banner.find()) {
                return banner.group(1);
            }
        }
        throw new AssertionError("the server ended: " + said);
    }

    private List<String> stop() throws InterruptedException, IOException {
        process.toHandle().destroy(); // SIGTERM; Process.destroy() would close the stream that is read here
        List<String> said = process.errorReader().readAllLines();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), said.toString());
        return said;
    }

    private Process process(String... words) throws IOException {
        return builder(command(words)).start();
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(words));
        return command;
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MLFLOW_") || name.startsWith("KIROKU_"));
        return builder;
    }

    private static HttpResponse<String> get(String url) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url)));
    }

    private static HttpResponse<String> post(String url, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
