package dev.kiroku.artifacts.s3;

import dev.kiroku.model.ErrorCode;
import dev.kiroku.model.KirokuException;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Translates errors of the S3 SDK. Errors that a retry can solve become {@code IOException}; others, such as a missing bucket or refused
 * credentials, become a {@code KirokuException} that clients do not retry.
 */
final class S3ErrorTranslator {
    private static final Logger LOG = LoggerFactory.getLogger(S3ErrorTranslator.class);
    private static final Set<String> REGION_ERRORS =
            Set.of("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException");

    private S3ErrorTranslator() {}

    /** A call to S3. */
    interface S3Call<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** Returns the result of {@code call}, or throws the translated error. */
    static <T extends @Nullable Object> T translateErrors(String bucket, S3Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (S3Exception e) {
            KirokuException refusal = toKirokuException(bucket, e);
            if (refusal.code() != ErrorCode.INVALID_PARAMETER_VALUE) { // only the operator can solve it
                LOG.warn("{} S3 says: {}", refusal.getMessage(), e.getMessage());
            }
            throw refusal;
        } catch (SdkException e) {
            if (String.valueOf(e.getMessage()).contains("credentials")) {
                throw new KirokuException(
                        ErrorCode.PERMISSION_DENIED,
                        "The server has no credentials for the bucket '" + bucket
                                + "'. Its operator must set "
                                + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or assign a role to the machine.",
                        e);
            }
            throw new IOException("S3: " + e.getMessage(), e);
        }
    }

    private static KirokuException toKirokuException(String bucket, S3Exception e) throws IOException {
        int status = e.statusCode();
        String code = e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
                ? ""
                : e.awsErrorDetails().errorCode();
        if (status >= 500
                || status == 408
                || status == 429
                || code.equals("RequestTimeout")
                || code.equals("SlowDown")) {
            throw new IOException("S3: " + e.getMessage(), e);
        }
        if (REGION_ERRORS.contains(code) || status == 301) {
            return new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    "The bucket '" + bucket
                            + "' is in another region than configured; the server's operator must set AWS_REGION.",
                    e);
        }
        if (status == 401 || status == 403) {
            return new KirokuException(
                    ErrorCode.PERMISSION_DENIED,
                    "The store refuses the server's credentials, or they do not allow this in the bucket '" + bucket
                            + "' (" + status + " " + code
                            + "). The server's operator must check credentials and bucket policy.",
                    e);
        }
        if (code.equals("NoSuchBucket")) {
            return new KirokuException(
                    ErrorCode.RESOURCE_DOES_NOT_EXIST,
                    "There is no bucket '" + bucket + "' for the artifacts; the server's operator must create it.",
                    e);
        }
        boolean hasMessage = e.awsErrorDetails() != null && e.awsErrorDetails().errorMessage() != null;
        String why = hasMessage ? e.awsErrorDetails().errorMessage() : "status " + status;
        return new KirokuException(
                ErrorCode.INVALID_PARAMETER_VALUE, "The artifact store rejected the request: " + why, e);
    }
}
