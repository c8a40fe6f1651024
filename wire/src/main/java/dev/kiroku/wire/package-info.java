/** The JSON codec: request and response records of the API to and from JSON. */
package dev.kiroku.wire;
