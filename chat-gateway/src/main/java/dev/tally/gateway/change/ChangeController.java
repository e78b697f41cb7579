package dev.tally.gateway.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.tracing.Traceparent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.request.RequestBody;
import dev.tally.gateway.accept.Acceptor;
import dev.tally.gateway.accept.RequestedChange;
import dev.tally.gateway.body.BodyGate;
import dev.tally.gateway.idempotency.IdempotencyHeader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class ChangeController {

  private final Acceptor acceptor;
  private final BodyGate gate;
  private final FieldReader fields;

  ChangeController(Acceptor acceptor, BodyGate gate, FieldReader fields) {
    this.acceptor = acceptor;
    this.gate = gate;
    this.fields = fields;
  }

  record Accepted(
      @JsonProperty("message_number") long message, @JsonProperty("change_number") long change) {}

  // With produces, a client that does not accept JSON gets its 406 before anything is written.
  @RequestMapping(
      path = "/apps/{token}/chats/{chat}/messages/{number}",
      method = {RequestMethod.PUT, RequestMethod.PATCH, RequestMethod.DELETE},
      produces = MediaType.APPLICATION_JSON_VALUE)
  Accepted change(
      MessageName message,
      @RequestHeader(name = IdempotencyHeader.NAME, required = false) @Nullable String key,
      @RequestHeader(name = Traceparent.HEADER, required = false) @Nullable String traceparent,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (message.chat().number() == Numbers.NONE) {
      throw ProblemException.chatNotFound();
    }
    if (message.number() == Numbers.NONE) {
      throw ProblemException.messageNotFound();
    }
    try (BodyGate.Entry entry =
        gate.admit(message.chat().app(), request, RequestBody.MAX_OBJECT_BYTES, response)) {
      RequestedChange change = read(message, request);
      IdempotencyKey idempotencyKey =
          IdempotencyHeader.key(key, ChangeFields.parts(request.getMethod(), change));
      entry.count(1, response);
      return new Accepted(
          message.number(),
          acceptor.change(change, idempotencyKey, Traceparent.wellFormed(traceparent)));
    }
  }

  private RequestedChange read(MessageName message, HttpServletRequest request) {
    return switch (request.getMethod()) {
      case "PUT" ->
          ChangeFields.replacement(message, fields.read(request, ChangeFields.REPLACEMENT));
      case "PATCH" -> ChangeFields.edit(message, fields.read(request, ChangeFields.EDIT));
      case "DELETE" -> {
        if (!RequestBody.isAbsent(request)) {
          // What it says would be gone, and some servers on the way drop it.
          throw ProblemException.malformed(
              "A DELETE has no body here: send author and expected_revision in the query.");
        }
        yield ChangeFields.deletion(message, fields.readQuery(request, ChangeFields.DELETION));
      }
      default -> throw new IllegalStateException("the route has no " + request.getMethod());
    };
  }
}
