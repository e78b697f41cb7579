package dev.tally.bench.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/**
 * The server that gets a load, and the requests of the load.
 *
 * @param requests encoded requests, which are sent in turn again and again
 * @param answersPerRequest more than one if a request is a pipeline of commands
 */
public record Target(
    InetSocketAddress address, AnswerFormat format, List<byte[]> requests, int answersPerRequest) {

  /** Makes a target of an HTTP server on loopback. */
  public static Target http(int port, List<byte[]> requests) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return new Target(address, new HttpFormat.Answers(), requests, 1);
  }

  /** Makes a target of a Redis server that needs no password. */
  public static Target redis(URI url, List<byte[]> requests, int answersPerRequest) {
    int port = url.getPort() < 0 ? 6379 : url.getPort();
    InetSocketAddress address = new InetSocketAddress(url.getHost(), port);
    return new Target(address, new RedisFormat.Answers(), requests, answersPerRequest);
  }
}
