package dev.tally.system.operations;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Receives spans over HTTP in Protobuf, and keeps them. */
final class OtlpReceiver implements AutoCloseable {

  /**
   * The parts of a span that tests examine; ids are hexadecimal.
   *
   * @param all the whole span as text, with binary parts in between
   */
  record Span(
      String service, String traceId, String spanId, String parentId, String name, String all) {}

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          // ExportTraceServiceRequest.resource_spans
          fields(body, (field, value) -> when(field == 1, () -> resourceSpans(value)));
          exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Span> spans() {
    return spans;
  }

  private void resourceSpans(byte[] bytes) {
    String[] service = {""};
    fields(
        bytes,
        (field, value) -> {
          // Field 1 is the resource; only its service name matters.
          when(field == 1, () -> service[0] = serviceIn(text(value)));
          // Field 2 is scope_spans; its field 2 is a span.
          when(
              field == 2,
              () -> fields(value, (inner, span) -> when(inner == 2, () -> span(service[0], span))));
        });
  }

  private static String serviceIn(String resource) {
    return List.of("chat-gateway", "chat-worker", "chat-api").stream()
        .filter(resource::contains)
        .findFirst()
        .orElse("");
  }

  private void span(String service, byte[] bytes) {
    String[] parts = {"", "", "", ""};
    fields(
        bytes,
        (field, value) -> {
          switch (field) {
            case 1 -> parts[0] = HexFormat.of().formatHex(value);
            case 2 -> parts[1] = HexFormat.of().formatHex(value);
            case 4 -> parts[2] = HexFormat.of().formatHex(value);
            case 5 -> parts[3] = text(value);
            default -> {
              // Ignores times, attributes and the status.
            }
          }
        });
    spans.add(new Span(service, parts[0], parts[1], parts[2], parts[3], text(bytes)));
  }

  private static void when(boolean condition, Runnable action) {
    if (condition) {
      action.run();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Calls the action for each field of a message. The value of a numeric field is empty. */
  private static void fields(byte[] message, BiConsumer<Integer, byte[]> action) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      long tag = varint(in);
      byte[] value = new byte[0];
      switch ((int) (tag & 7)) {
        case 0 -> varint(in);
        case 1 -> in.getLong();
        case 2 -> {
          value = new byte[(int) varint(in)];
          in.get(value);
        }
        case 5 -> in.getInt();
        default -> throw new IllegalArgumentException("not Protobuf");
      }
      action.accept((int) (tag >>> 3), value);
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
