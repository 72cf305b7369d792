/**
 * Packets and the durable connector of Vietnam's national document axis, over the C library.
 *
 * <p>Start with {@link vn.lienthong.Connector}. Everything that is {@link java.lang.AutoCloseable}
 * is to be closed. Durations are {@link java.time.Duration} and count in milliseconds, sizes are
 * bytes, times in JSON are milliseconds since 1970-01-01 UTC. Texts and paths are UTF-8 for the
 * library, whatever the encoding of the machine. Failures are
 * {@link vn.lienthong.LienthongException}.
 */
package vn.lienthong;
