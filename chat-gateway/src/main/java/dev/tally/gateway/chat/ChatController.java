package dev.tally.gateway.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.identity.AppToken;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.tracing.Traceparent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.request.RequestBody;
import dev.tally.gateway.accept.Acceptor;
import dev.tally.gateway.body.BodyGate;
import dev.tally.gateway.idempotency.IdempotencyHeader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class ChatController {

  private final Acceptor acceptor;
  private final BodyGate gate;
  private final FieldReader fields;

  ChatController(Acceptor acceptor, BodyGate gate, FieldReader fields) {
    this.acceptor = acceptor;
    this.gate = gate;
    this.fields = fields;
  }

  record Accepted(@JsonProperty("chat_number") long number) {}

  // With produces, a client that does not accept JSON gets its 406 before anything is written.
  @PostMapping(path = "/apps/{token}/chats", produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Accepted create(
      AppToken app,
      @RequestHeader(name = IdempotencyHeader.NAME, required = false) @Nullable String key,
      @RequestHeader(name = Traceparent.HEADER, required = false) @Nullable String traceparent,
      HttpServletRequest request,
      HttpServletResponse response) {
    try (BodyGate.Entry entry = gate.admit(app, request, RequestBody.MAX_OBJECT_BYTES, response)) {
      // Some clients name a type and send nothing.
      ChatContent content =
          RequestBody.isAbsent(request)
              ? ChatContent.NONE
              : ChatFields.content(fields.read(request, ChatFields.ALL));
      IdempotencyKey idempotencyKey = IdempotencyHeader.key(key, ChatFields.parts(content));
      entry.count(1, response);
      return new Accepted(
          acceptor.chat(app, content, idempotencyKey, Traceparent.wellFormed(traceparent)));
    }
  }
}
