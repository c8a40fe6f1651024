package dev.kiroku.model;

/** A tag or a param: a key with a text. MLflow has a message type for each kind of tag; on the wire they are all alike. */
public record KeyValue(String key, String value) {}
