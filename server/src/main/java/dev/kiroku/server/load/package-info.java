/** Admission control and metrics. */
package dev.kiroku.server.load;
