package dev.tally.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * A connection of the load generator, with at most one unanswered request. If the server closes the
 * connection, for instance because it was idle, this class opens another one. It then repeats a
 * request that it sent just after the server had closed the connection.
 */
final class LoadConnection {

  private final Target target;
  private final Selector selector;

  private SocketChannel channel;
  private SelectionKey key;
  private ByteBuffer out = ByteBuffer.allocateDirect(1024);
  private ByteBuffer in = ByteBuffer.allocate(4096);
  private long sequence;
  private long intended;
  private int awaited;
  private boolean unused = true;

  LoadConnection(Target target, Selector selector) throws IOException {
    this.target = target;
    this.selector = selector;
    this.channel = connect(target);
    this.key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  private static SocketChannel connect(Target target) throws IOException {
    SocketChannel channel = SocketChannel.open(target.address());
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    for (byte[] greeting : target.greetings()) {
      channel.write(ByteBuffer.wrap(greeting));
      ByteBuffer answer = ByteBuffer.allocate(1024);
      while (target.format().end(answer.array(), 0, answer.position()) < 0) {
        if (channel.read(answer) < 0) {
          throw new EOFException("no answer to the greeting");
        }
      }
    }
    channel.configureBlocking(false);
    return channel;
  }

  boolean isIdle() {
    return awaited == 0;
  }

  void send(long ofSequence, long intendedAt, byte[] request) throws IOException {
    sequence = ofSequence;
    intended = intendedAt;
    awaited = target.answersPerRequest();
    if (out.capacity() < request.length) {
      out = ByteBuffer.allocateDirect(request.length);
    }
    out.clear().put(request).flip();
    try {
      write();
    } catch (IOException e) {
      replace(e);
    }
  }

  private void write() throws IOException {
    channel.write(out);
    int wanted =
        out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
    if (key.interestOps() != wanted) {
      key.interestOps(wanted);
    }
  }

  /** Continues to write the request and to read answers, as far as the channel is ready. */
  void ready(LoadGenerator.Listener listener) throws IOException {
    try {
      if (key.isWritable()) {
        write();
      }
      if (!key.isReadable()) {
        return;
      }
      if (channel.read(in) < 0) {
        throw new EOFException("the server has closed a connection without an answer");
      }
    } catch (IOException e) {
      replace(e);
      return;
    }
    byte[] received = in.array();
    int from = 0;
    while (awaited > 0) {
      int end = target.format().end(received, from, in.position());
      if (end < 0) {
        break;
      }
      awaited--;
      unused = false;
      listener.answered(sequence, intended, received, from, end);
      from = end;
    }
    keep(from);
  }

  /** Keeps the received beginning of the next answer, and makes room for the rest. */
  private void keep(int from) {
    byte[] received = in.array();
    int left = in.position() - from;
    if (from > 0) {
      System.arraycopy(received, from, received, 0, left);
      in.position(left);
    } else if (!in.hasRemaining()) {
      in = ByteBuffer.wrap(Arrays.copyOf(received, received.length * 4)).position(left);
    }
  }

  /** Opens another connection, unless the end of this one is a failure of the server. */
  private void replace(IOException end) throws IOException {
    boolean unanswered = awaited == target.answersPerRequest() && in.position() == 0;
    if (!isIdle() && (unused || !unanswered)) {
      throw end;
    }
    reconnect();
    if (!isIdle()) {
      out.rewind();
      write();
    }
  }

  private void reconnect() throws IOException {
    unused = true;
    channel.close();
    in.clear();
    channel = connect(target);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  void close() throws IOException {
    channel.close();
  }
}
