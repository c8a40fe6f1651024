/** The benchmark that compares Kiroku with MLflow: options, rounds and their report. */
package dev.kiroku.bench;
