package dev.kiroku.http;

import dev.kiroku.model.KirokuException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Starts web servers, with a message for the operator if one cannot listen. */
public final class ListeningServer {
    private ListeningServer() {}

    /**
     * Starts a server at an address.
     *
     * @param port 0 for any free port
     * @throws KirokuException INVALID_PARAMETER_VALUE if the host has no address, or the address cannot be bound
     */
    public static WebServer start(WebServerConfig.Builder settings, String host, int port) {
        try {
            InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw KirokuException.invalid(
                    "cannot listen at %s:%d: this host name has no address. Choose another with --host.", host, port);
        }
        WebServer server = settings.host(host).port(port).build().start();
        if (!server.isRunning()) { // Helidon logs the reason and returns normally
            throw KirokuException.invalid(
                    "cannot listen at %s:%d: the port is in use, or the address is not one of this machine. Choose another with --port and --host.",
                    host, port);
        }
        return server;
    }
}
