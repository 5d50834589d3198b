/**
 * Downloads over HTTP(S), and copies from {@code file:} addresses, into a cache named by SHA-256.
 * Internal to {@code callgate.image}. A file appears in the cache whole and right, or not at all.
 */
package callgate.image.fetch;
