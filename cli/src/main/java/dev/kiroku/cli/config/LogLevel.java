package dev.kiroku.cli.config;

/** How grave a record must be to be logged. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARNING,
    ERROR
}
