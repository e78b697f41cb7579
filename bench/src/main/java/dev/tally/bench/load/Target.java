package dev.tally.bench.load;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where load goes, and what it consists of.
 *
 * @param greeting what each connection sends first and gets one answer to; empty for nothing
 * @param requests encoded ahead, sent in turn, over and over
 * @param answersPerRequest more than one if a request is a pipeline of several
 */
public record Target(
    InetSocketAddress address,
    AnswerFormat format,
    byte[] greeting,
    List<byte[]> requests,
    int answersPerRequest) {

  /** An HTTP server on loopback. */
  public static Target http(int port, List<byte[]> requests) {
    return new Target(
        new InetSocketAddress("127.0.0.1", port), Http.FORMAT, new byte[0], requests, 1);
  }

  byte[] request(long sequence) {
    return requests.get((int) (sequence % requests.size()));
  }
}
