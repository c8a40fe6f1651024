package dev.kiroku.cli;
import dev.kiroku.cli.config.KirokuConfig;
import java.util.List;
final class Wiring {
    static Running start(KirokuConfig config) throws Exception {
        com.sun.net.httpserver.HttpServer s = com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress(config.host(), config.port()), 0);
        s.createContext("/", e -> { e.sendResponseHeaders(200, 2); e.getResponseBody().write("OK".getBytes()); e.close(); });
        s.start();
        return new Running(s.getAddress().getPort(), List.of(() -> s.stop(1)));
    }
}
