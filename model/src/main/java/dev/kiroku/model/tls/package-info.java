/** Certificates and private keys in PEM files, for clients and servers. */
@NullMarked
package dev.kiroku.model.tls;

import org.jspecify.annotations.NullMarked;
