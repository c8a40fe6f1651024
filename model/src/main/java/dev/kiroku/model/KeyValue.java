package dev.kiroku.model;

/**
 * A tag or param. MLflow has a message type for each kind; on the wire they are alike. In a request, key and value can
 * be missing until
 * {@code core} has checked them.
 */
public record KeyValue(String key, String value) {}
