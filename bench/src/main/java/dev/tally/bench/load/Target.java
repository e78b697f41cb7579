package dev.tally.bench.load;

import java.util.List;

/**
 * An HTTP server on loopback that gets a load, and the requests of the load.
 *
 * @param requests encoded requests, which are sent in turn again and again
 */
public record Target(int port, List<byte[]> requests) {}
