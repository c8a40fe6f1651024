/** The configuration of {@code java.util.logging}. */
package dev.kiroku.cli.logging;
