package dev.tally.gateway.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.identity.Numbers;
import dev.tally.common.queue.MessageContent;
import dev.tally.common.tracing.Traceparent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.request.RequestBody;
import dev.tally.gateway.accept.Acceptor;
import dev.tally.gateway.accept.NoSuchMessageException;
import dev.tally.gateway.body.BodyGate;
import dev.tally.gateway.body.Lines;
import dev.tally.gateway.idempotency.IdempotencyHeader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class MessageController {

  private final Acceptor acceptor;
  private final BodyGate gate;
  private final FieldReader fields;

  MessageController(Acceptor acceptor, BodyGate gate, FieldReader fields) {
    this.acceptor = acceptor;
    this.gate = gate;
    this.fields = fields;
  }

  sealed interface Accepted {}

  record AcceptedOne(@JsonProperty("message_number") long number) implements Accepted {}

  record AcceptedBatch(
      @JsonProperty("first_message_number") long first,
      @JsonProperty("last_message_number") long last)
      implements Accepted {}

  // With produces, a client that does not accept JSON gets its 406 before anything is written.
  @PostMapping(
      path = "/apps/{token}/chats/{number}/messages",
      produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Accepted create(
      ChatName chat,
      @RequestHeader(name = IdempotencyHeader.NAME, required = false) @Nullable String key,
      @RequestHeader(name = Traceparent.HEADER, required = false) @Nullable String traceparent,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (chat.number() == Numbers.NONE) {
      throw ProblemException.chatNotFound();
    }
    boolean batch = Lines.areIn(RequestBody.mediaType(request));
    int longest = batch ? Lines.MAX_BYTES : RequestBody.MAX_OBJECT_BYTES;
    try (BodyGate.Entry entry = gate.admit(chat.app(), request, longest, response)) {
      return create(chat, batch, entry, key, traceparent, request, response);
    }
  }

  private Accepted create(
      ChatName chat,
      boolean batch,
      BodyGate.Entry entry,
      @Nullable String key,
      @Nullable String traceparent,
      HttpServletRequest request,
      HttpServletResponse response) {
    List<MessageContent> messages =
        batch
            ? Lines.read(
                RequestBody.text(request, Lines.MAX_BYTES),
                line -> MessageFields.content(fields.readJson(line, MessageFields.ALL)))
            : List.of(MessageFields.content(fields.read(request, MessageFields.ALL)));
    String route = (batch ? "batch of messages " : "message ") + chat.number();
    IdempotencyKey idempotencyKey =
        IdempotencyHeader.key(key, MessageFields.parts(route, messages));
    entry.count(messages.size(), response);
    try {
      NumberRange numbers =
          acceptor.messages(chat, messages, idempotencyKey, Traceparent.wellFormed(traceparent));
      return batch
          ? new AcceptedBatch(numbers.first(), numbers.last())
          : new AcceptedOne(numbers.last());
    } catch (NoSuchMessageException e) {
      int wrong = MessageFields.firstAnswerAfter(messages, e.highest());
      ProblemException problem = MessageFields.noEarlier(messages.get(wrong), e.highest());
      throw batch ? Lines.problem(wrong + 1, problem) : problem;
    }
  }
}
