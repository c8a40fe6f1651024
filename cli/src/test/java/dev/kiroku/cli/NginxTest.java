package dev.kiroku.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kiroku.cli.config.ConfigFile;
import dev.kiroku.cli.config.KirokuConfig;
import dev.kiroku.cli.config.ServerProperties;
import dev.kiroku.cli.config.Settings;
import dev.kiroku.cli.wiring.RunningServer;
import dev.kiroku.cli.wiring.ServerWiring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server whose users sign in at nginx, with the configuration of {@code docs/access.md}. Requires nginx; without it the test is skipped, and
 * under CI it fails.
 */
class NginxTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private RunningServer server;
    private Process nginx;
    private int port;

    @BeforeEach
    void start() throws Exception {
        Optional<Path> program = Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")), Stream.of("/usr/sbin"))
                .map(path -> Path.of(path, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty() && "true".equals(System.getenv("CI"))) {
            fail("nginx is not installed (Debian: apt-get install nginx-light)");
        }
        assumeTrue(program.isPresent(), "nginx is not installed");

        Map<String, String> flags = Map.of(
                "port", "0",
                "auth", "PROXY",
                "default-permission", "EDIT",
                "trusted-proxies", "127.0.0.1",
                "backend-store-uri", "sqlite:///" + folder.resolve("kiroku.db"),
                "artifacts-destination", folder.resolve("artifacts").toString());
        server = ServerWiring.start(
                KirokuConfig.from(new Settings(ServerProperties.all(), flags, Map.of(), ConfigFile.NONE)), Map.of());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.writeString(folder.resolve("htpasswd"), "ann:{PLAIN}secret\n");
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), configuration());
        nginx = new ProcessBuilder(program.get().toString(), "-p", folder.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        awaitListening();
    }

    private String configuration() throws IOException {
        String documented = Files.readString(Path.of("..", "docs", "access.md"))
                .replaceAll("(?s).*### nginx with passwords.*?```nginx\n(.*?)```.*", "$1")
                .replace("/etc/kiroku/htpasswd", folder.resolve("htpasswd").toString())
                .replace("http://127.0.0.1:5000", "http://127.0.0.1:" + server.port());
        assertTrue(documented.startsWith("location / {"), documented);
        // Otherwise the workers of a root's nginx are another user, who cannot read the test's folder.
        String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
        return """
                %s
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                error_log stderr;
                events {}
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    server {
                        listen 127.0.0.1:%d;
                        %s
                    }
                }
                """.formatted(user, port, documented);
    }

    private void awaitListening() throws Exception {
        while (true) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                assertTrue(nginx.isAlive(), () -> {
                    try {
                        return Files.readString(folder.resolve("nginx.log"));
                    } catch (IOException unreadable) {
                        return unreadable.toString();
                    }
                });
                Thread.sleep(20);
            }
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (nginx != null) {
            nginx.destroy();
            nginx.waitFor();
        }
        if (server != null) {
            server.close();
        }
    }

    private HttpRequest.Builder request(int to, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to + path));
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("ann:" + password).getBytes(UTF_8));
    }

    @Test
    void nginxNamesTheUser() throws Exception {
        String whoAmI = "/api/2.0/kiroku/users/current";
        HttpResponse<String> me = http.send(
                request(port, whoAmI)
                        .header("Authorization", basic("secret"))
                        .header("X-Forwarded-User", "bob")
                        .header("X-Forwarded-Groups", "admins")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, me.statusCode(), me.body());
        assertTrue(me.body().contains("\"ann\"") && !me.body().contains("admins"), me.body());
        for (HttpRequest refused : new HttpRequest[] {
            request(port, whoAmI).header("X-Forwarded-User", "ann").build(),
            request(port, whoAmI).header("Authorization", basic("wrong")).build(),
            request(server.port(), whoAmI).build()
        }) {
            assertEquals(
                    401,
                    http.send(refused, HttpResponse.BodyHandlers.discarding()).statusCode());
        }
    }

    @Test
    void largeArtifactsPassNginx() throws Exception {
        byte[] content = new byte[5 << 20];
        Arrays.fill(content, (byte) 'x');
        String path = "/api/2.0/mlflow-artifacts/artifacts/0/big.bin";
        HttpResponse<String> put = http.send(
                request(port, path)
                        .header("Authorization", basic("secret"))
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, put.statusCode(), put.body());
        HttpResponse<byte[]> got = http.send(
                request(port, path).header("Authorization", basic("secret")).build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(content.length, got.body().length);
    }
}
