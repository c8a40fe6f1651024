/** Creates the servers from their configuration. Every dependency is passed to a constructor here; there is no dependency injection framework. */
package dev.kiroku.cli.wiring;
