/** The MLflow release that tests and benchmarks compare Kiroku with. */
package dev.kiroku.reference;
