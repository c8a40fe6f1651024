package dev.kiroku.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations of a person who may not approve never make a guarded name point at a version that gates or people
 * would refuse.
 */
class GuardedNamesPropertyTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void guardedNamesPointOnlyAtPermittedVersions(long seed) {
        InMemoryRegistry registry = new InMemoryRegistry();
        var operations = new RandomRegistryOperations(registry, registry::logMetric, run -> run, seed);
        operations.run(400);
        assertEquals("", operations.violations());
        assertTrue(operations.changes() >= 3, "operations changed what guarded names point at");
        assertTrue(operations.refusals() > 10, "gates refused operations");
    }
}
