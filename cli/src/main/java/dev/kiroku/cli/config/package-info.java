/** The configuration of the servers: declared properties, their sources (flag, environment, file, default) and the checked result. */
package dev.kiroku.cli.config;
