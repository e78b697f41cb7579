package dev.tally.system.contract.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A request. Each character of its texts is one byte. */
record Request(
    boolean gateway, String method, String target, Map<String, String> headers, String body) {

  /** A change to a request. */
  @FunctionalInterface
  interface Change extends UnaryOperator<Request> {}

  Request method(String changed) {
    return new Request(gateway, changed, target, headers, body);
  }

  Request target(String changed) {
    return new Request(gateway, method, changed, headers, body);
  }

  Request header(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(headers);
    changed.put(name, value);
    return new Request(gateway, method, target, changed, body);
  }

  Request body(String changed) {
    return new Request(gateway, method, target, headers, changed);
  }

  /** The bytes that are sent. */
  String text() {
    StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    if (!body.isEmpty()) {
      text.append("Content-Length: " + body.length() + "\r\n");
    }
    return text + "\r\n" + body;
  }
}
