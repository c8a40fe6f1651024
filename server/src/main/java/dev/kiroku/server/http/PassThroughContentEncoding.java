package dev.kiroku.server.http;

import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import java.util.Set;

/**
 * Has Helidon leave bodies as they were sent: it would refuse those with a Content-Encoding. {@link RequestBodyReader} decompresses what it reads,
 * within limits; artifacts are kept as they come, as MLflow's server does.
 */
public final class PassThroughContentEncoding implements ContentEncoding {
    @Override
    public Set<String> ids() {
        return Set.of("gzip", "x-gzip", "deflate", "compress", "br", "zstd", "identity");
    }

    @Override
    public boolean supportsEncoding() {
        return false;
    }

    @Override
    public boolean supportsDecoding() {
        return true;
    }

    @Override
    public ContentDecoder decoder() {
        return ContentDecoder.NO_OP;
    }

    @Override
    public ContentEncoder encoder() {
        return ContentEncoder.NO_OP;
    }

    @Override
    public String name() {
        return "as-it-comes";
    }

    @Override
    public String type() {
        return "as-it-comes";
    }
}
