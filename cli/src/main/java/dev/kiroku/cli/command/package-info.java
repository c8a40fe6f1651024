/** The subcommands of {@code kiroku}: their options, what they do and what they print. */
package dev.kiroku.cli.command;
