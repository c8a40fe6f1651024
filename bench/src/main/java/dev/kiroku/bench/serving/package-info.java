/** The load generator of the benchmark of model servers. */
package dev.kiroku.bench.serving;
