package dev.kiroku.cli.config;

/** Who may show a page of this server inside a frame; NONE sends no header. */
public enum FrameOptions {
    SAMEORIGIN,
    DENY,
    NONE
}
