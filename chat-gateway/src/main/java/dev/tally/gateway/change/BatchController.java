package dev.tally.gateway.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.identity.Numbers;
import dev.tally.common.tracing.Traceparent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.request.RequestBody;
import dev.tally.gateway.accept.Acceptor;
import dev.tally.gateway.accept.NoSuchMessageException;
import dev.tally.gateway.accept.RequestedChange;
import dev.tally.gateway.body.BodyGate;
import dev.tally.gateway.body.Lines;
import dev.tally.gateway.idempotency.IdempotencyHeader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class BatchController {

  private final Acceptor acceptor;
  private final BodyGate gate;
  private final FieldReader fields;

  BatchController(Acceptor acceptor, BodyGate gate, FieldReader fields) {
    this.acceptor = acceptor;
    this.gate = gate;
    this.fields = fields;
  }

  record Accepted(
      @JsonProperty("first_change_number") long first,
      @JsonProperty("last_change_number") long last) {}

  // With produces, a client that does not accept JSON gets its 406 before anything is written.
  @PatchMapping(
      path = "/apps/{token}/chats/{number}/messages",
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
    if (!Lines.areIn(RequestBody.mediaType(request))) {
      throw RequestBody.unsupported(
          "Send application/x-ndjson with a change on each line."
              + " To change one message with JSON or a form, add its number to the path.");
    }
    try (BodyGate.Entry entry = gate.admit(chat.app(), request, Lines.MAX_BYTES, response)) {
      fields.requireNoQuery(request);
      List<RequestedChange> changes =
          Lines.read(
              RequestBody.text(request, Lines.MAX_BYTES),
              line -> ChangeFields.line(chat, fields.readJson(line, ChangeFields.LINE)));
      IdempotencyKey idempotencyKey = IdempotencyHeader.key(key, ChangeFields.parts(chat, changes));
      entry.count(changes.size(), response);
      return accept(chat, changes, idempotencyKey, Traceparent.wellFormed(traceparent));
    }
  }

  private Accepted accept(
      ChatName chat,
      List<RequestedChange> changes,
      @Nullable IdempotencyKey key,
      @Nullable String traceparent) {
    try {
      NumberRange numbers = acceptor.changes(chat, changes, key, traceparent);
      return new Accepted(numbers.first(), numbers.last());
    } catch (NoSuchMessageException e) {
      int line = 1;
      while (changes.get(line - 1).message().number() <= e.highest()) {
        line++;
      }
      throw Lines.problem(line, ProblemException.messageNotFound());
    }
  }
}
