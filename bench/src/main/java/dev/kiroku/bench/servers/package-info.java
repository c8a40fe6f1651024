/** Starts and stops the servers and databases that are compared. */
package dev.kiroku.bench.servers;
