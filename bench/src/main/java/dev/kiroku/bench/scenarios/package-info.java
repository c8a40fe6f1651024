/** The operations that are measured. */
package dev.kiroku.bench.scenarios;
