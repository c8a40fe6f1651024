/** What the tracking server and the model server share on the HTTP level: request identifiers, error bodies, read timeouts. */
package dev.kiroku.http;
