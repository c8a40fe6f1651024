package dev.kiroku.core.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kiroku.model.KeyValue;
import dev.kiroku.model.KirokuException;
import dev.kiroku.model.api.JsonPath;
import org.junit.jupiter.api.Test;

class ValidationTest {
    @Test
    void longValuesAreTruncatedOrRefused() {
        KeyValue param = new KeyValue("p", "é".repeat(Validation.MAX_PARAM_VALUE + 1));
        KeyValue tag = new KeyValue("t", "é".repeat(Validation.MAX_TAG_VALUE + 1));
        assertEquals(
                Validation.MAX_PARAM_VALUE,
                Validation.normalizeParam(param, JsonPath.ROOT, true).value().length());
        assertEquals(
                Validation.MAX_TAG_VALUE,
                Validation.normalizeTag(tag, JsonPath.ROOT, true).value().length());
        for (Runnable refused : new Runnable[] {
            () -> Validation.normalizeParam(param, JsonPath.ROOT, false),
            () -> Validation.normalizeTag(tag, JsonPath.ROOT, false)
        }) {
            KirokuException refusal = assertThrows(KirokuException.class, refused::run);
            assertTrue(refusal.getMessage().contains("exceeds the maximum length of"), refusal.getMessage());
        }
        assertEquals(
                "v",
                Validation.normalizeTag(new KeyValue("t", "v"), JsonPath.ROOT, false)
                        .value());
    }
}
