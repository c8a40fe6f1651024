package dev.kiroku.reliability;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An nginx that balances load between servers, with nginx's own defaults for the next server to try. */
final class NginxProcess implements AutoCloseable {
    private final Process process;
    private final int port;

    private NginxProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts nginx. Without it the test is skipped, and under CI it fails. */
    static NginxProcess start(Path folder, List<String> servers) throws Exception {
        Optional<Path> program = Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")), Stream.of("/usr/sbin"))
                .map(path -> Path.of(path, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty() && "true".equals(System.getenv("CI"))) {
            fail("nginx is not installed (Debian: apt-get install nginx-light)");
        }
        assumeTrue(program.isPresent(), "nginx is not installed");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), configuration(port, servers));
        Path log = folder.resolve("nginx.log");
        Process process = new ProcessBuilder(
                        program.get().toString(), "-p", folder.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var nginx = new NginxProcess(process, port);
        while (!nginx.isListening()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("nginx did not start:\n" + Files.readString(log));
            }
            Thread.sleep(20);
        }
        return nginx;
    }

    private static String configuration(int port, List<String> servers) {
        String upstream = servers.stream()
                .map(url -> "server " + URI.create(url).getAuthority() + ";")
                .collect(Collectors.joining("\n        "));
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
                    access_log access.log;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    upstream kiroku {
                        %s
                    }
                    server {
                        listen 127.0.0.1:%d;
                        location / {
                            proxy_pass http://kiroku;
                            proxy_http_version 1.1;
                            proxy_set_header Host $http_host;
                        }
                    }
                }
                """.formatted(user, upstream, port);
    }

    private boolean isListening() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
