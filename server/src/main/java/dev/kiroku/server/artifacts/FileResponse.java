package dev.kiroku.server.artifacts;

import dev.kiroku.core.artifacts.ArtifactDownload;
import dev.kiroku.core.artifacts.ArtifactStore;
import dev.kiroku.server.http.Request;
import dev.kiroku.server.http.Response;
import java.io.InputStream;
import java.util.Optional;

/** Responses with the content of an artifact. The content is streamed: memory does not grow with the size of the file. */
final class FileResponse {
    /** Isolates the file in a browser, whatever it contains: no scripts, no origin, no requests. */
    private static final String SANDBOX_POLICY =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private FileResponse() {}

    /** Returns the file or the requested range of it, or 304 if the client has it already. */
    static Response of(ArtifactDownload file, Request request) {
        ArtifactStore.Stat stat = file.stat();
        String etag = "\"" + stat.etag() + "\"";
        String name = file.path().name();
        if (request.header("If-None-Match")
                .filter(known -> known.equals("*") || known.contains(etag))
                .isPresent()) {
            return Response.empty(304).withHeader("ETag", etag);
        }
        // A range of a file that has changed since the client saw its first part would be of no use.
        boolean same = request.header("If-Range").map(etag::equals).orElse(true);
        Optional<ByteRange> range =
                request.header("Range").filter(r -> same).flatMap(r -> ByteRange.parse(r, stat.size()));
        if (range.filter(ByteRange.UNSATISFIABLE::equals).isPresent()) {
            return Response.text(416, "text/plain; charset=utf-8", "The file has " + stat.size() + " bytes.")
                    .withHeader("Content-Range", "bytes */" + stat.size());
        }
        ByteRange part = range.orElse(new ByteRange(0, stat.size()));
        Response reply =
                Response.stream(range.isPresent() ? 206 : 200, ContentTypes.forFileName(name), part.length(), out -> {
                    try (InputStream in = file.read(part.offset(), part.length())) {
                        in.transferTo(out);
                    }
                });
        if (range.isPresent()) {
            reply = reply.withHeader(
                    "Content-Range",
                    "bytes " + part.offset() + "-" + (part.offset() + part.length() - 1) + "/" + stat.size());
        }
        return reply.withHeader("ETag", etag)
                .withHeader("Accept-Ranges", "bytes")
                .withHeader("Content-Disposition", ContentDisposition.attachment(name))
                .withHeader("Content-Security-Policy", SANDBOX_POLICY);
    }
}
