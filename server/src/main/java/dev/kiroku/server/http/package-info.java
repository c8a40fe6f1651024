/** Requests, responses, routes and the router. */
package dev.kiroku.server.http;
