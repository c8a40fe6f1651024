/** Fills the databases of both products with the same runs and models. */
package dev.kiroku.bench.seed;
