package dev.kiroku.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.server.security.Authenticator;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes as an attacker would write them, sent to a real socket. */
class KirokuServerTest {
    private static final ServerInfo INFO = new ServerInfo("SqlStore", false, false, false, false, false, false, new ServerInfo.Features(false));

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "200 | GET /health HTTP/1.1~Host: localhost~",
        "200 | GET /metrics HTTP/1.1~Host: localhost~",
        "403 | GET /metrics HTTP/1.1~Host: evil.example~",
        "403 | POST /api/2.0/mlflow/runs/none HTTP/1.1~Host: localhost~Origin: http://evil.example~Content-Length: 0~",
        "403 | OPTIONS /api/2.0/mlflow/runs/none HTTP/1.1~Host: localhost~Origin: http://evil.example~",
        "404 | GET /api/2.0/mlflow/nothing HTTP/1.1~Host: localhost~",
        "400 | POST /health HTTP/1.1~Host: localhost~Content-Length: 3~Transfer-Encoding: chunked~",
        "400 | POST /health HTTP/1.1~Host: localhost~Content-Length: 3~Content-Length: 4~"
    })
    void isAnsweredWith(int status, String head) throws IOException {
        try (KirokuServer server = KirokuServer.start(ServerSettings.at("127.0.0.1", 0), INFO, Authenticator.off(), List.of(), List.of(), List::of);
                Socket socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((head.replace("~", "\r\n") + "\r\n").getBytes(ISO_8859_1));
            String line = new String(socket.getInputStream().readNBytes(12), ISO_8859_1);
            assertTrue(line.equals("HTTP/1.1 " + status), line);
        }
    }
}
