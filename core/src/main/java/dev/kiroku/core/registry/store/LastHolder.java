package dev.kiroku.core.registry.store;

import java.util.Map;

/**
 * What relative conditions compare with: the version that an alias or stage points at, or, if it points at none, the
 * version that it pointed at last.
 *
 * @param metrics the latest value of each metric of the version's run; for a past holder, when it ceased to be the
 *     holder
 */
public record LastHolder(long version, Map<String, Double> metrics) {}
