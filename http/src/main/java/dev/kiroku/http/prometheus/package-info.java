/** Metrics in Prometheus' text format. */
package dev.kiroku.http.prometheus;
