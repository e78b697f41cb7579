package dev.tally.gateway.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.tracing.Traceparent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.request.RequestBody;
import dev.tally.gateway.accept.Acceptor;
import dev.tally.gateway.accept.RequestedChatChange;
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
final class ChatChangeController {

  private final Acceptor acceptor;
  private final BodyGate gate;
  private final FieldReader fields;

  ChatChangeController(Acceptor acceptor, BodyGate gate, FieldReader fields) {
    this.acceptor = acceptor;
    this.gate = gate;
    this.fields = fields;
  }

  record Accepted(
      @JsonProperty("chat_number") long chat, @JsonProperty("change_number") long change) {}

  // With produces, a client that does not accept JSON gets its 406 before anything is written.
  @RequestMapping(
      path = "/apps/{token}/chats/{number}",
      method = {RequestMethod.PATCH, RequestMethod.DELETE},
      produces = MediaType.APPLICATION_JSON_VALUE)
  Accepted change(
      ChatName chat,
      @RequestHeader(name = IdempotencyHeader.NAME, required = false) @Nullable String key,
      @RequestHeader(name = Traceparent.HEADER, required = false) @Nullable String traceparent,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (chat.number() == Numbers.NONE) {
      throw ProblemException.chatNotFound();
    }
    try (BodyGate.Entry entry =
        gate.admit(chat.app(), request, RequestBody.MAX_OBJECT_BYTES, response)) {
      RequestedChatChange change = read(chat, request);
      IdempotencyKey idempotencyKey = IdempotencyHeader.key(key, ChatChangeFields.parts(change));
      entry.count(1, response);
      return new Accepted(
          chat.number(),
          acceptor.change(change, idempotencyKey, Traceparent.wellFormed(traceparent)));
    }
  }

  private RequestedChatChange read(ChatName chat, HttpServletRequest request) {
    return switch (request.getMethod()) {
      case "PATCH" -> ChatChangeFields.edit(chat, fields.read(request, ChatChangeFields.EDIT));
      case "DELETE" -> {
        if (!RequestBody.isAbsent(request)) {
          // What it says would be gone, and some servers on the way drop it.
          throw ProblemException.malformed(
              "A DELETE has no body here: send the author in the query.");
        }
        yield ChatChangeFields.deletion(chat, fields.readQuery(request, ChatChangeFields.DELETION));
      }
      default -> throw new IllegalStateException("the route has no " + request.getMethod());
    };
  }
}
