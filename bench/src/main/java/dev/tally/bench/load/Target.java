package dev.tally.bench.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The server that gets a load, and the requests of the load.
 *
 * @param greetings the requests that each connection sends first, and that get one answer each
 * @param requests encoded requests, which are sent in turn again and again
 * @param answersPerRequest more than one if a request is a pipeline of commands
 */
public record Target(
    InetSocketAddress address,
    AnswerFormat format,
    List<byte[]> greetings,
    List<byte[]> requests,
    int answersPerRequest) {

  /** Makes a target of an HTTP server on loopback. */
  public static Target http(int port, List<byte[]> requests) {
    return new Target(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        HttpFormat.FORMAT,
        List.of(),
        requests,
        1);
  }

  byte[] request(long sequence) {
    return requests.get((int) (sequence % requests.size()));
  }
}
