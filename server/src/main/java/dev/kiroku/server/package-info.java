/** The HTTP server of the tracking server and registry: routes, dispatching, responses. */
package dev.kiroku.server;
