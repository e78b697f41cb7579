package dev.tally.gateway.erasure;

import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.identity.AppToken;
import dev.tally.common.tracing.Traceparent;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.field.Fields;
import dev.tally.common.web.field.TextField;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.request.RequestBody;
import dev.tally.gateway.accept.Acceptor;
import dev.tally.gateway.body.BodyGate;
import dev.tally.gateway.idempotency.IdempotencyHeader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class ErasureController {

  private static final Fields FIELDS = Fields.of(TextField.MESSAGE_AUTHOR);

  private final Acceptor acceptor;
  private final BodyGate gate;
  private final FieldReader fields;

  ErasureController(Acceptor acceptor, BodyGate gate, FieldReader fields) {
    this.acceptor = acceptor;
    this.gate = gate;
    this.fields = fields;
  }

  record Accepted(String author) {}

  // With produces, a client that does not accept JSON gets its 406 before anything is written.
  @DeleteMapping(path = "/apps/{token}/messages", produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  Accepted erase(
      AppToken app,
      @RequestHeader(name = IdempotencyHeader.NAME, required = false) @Nullable String key,
      @RequestHeader(name = Traceparent.HEADER, required = false) @Nullable String traceparent,
      HttpServletRequest request,
      HttpServletResponse response) {
    if (!RequestBody.isAbsent(request)) {
      // What it says would be gone, and some servers on the way drop it.
      throw ProblemException.malformed("A DELETE has no body here: send author in the query.");
    }
    try (BodyGate.Entry entry = gate.admit(app, request, RequestBody.MAX_OBJECT_BYTES, response)) {
      String author =
          TextField.MESSAGE_AUTHOR.require(
              fields.readQuery(request, FIELDS).get(TextField.MESSAGE_AUTHOR.name()));
      IdempotencyKey idempotencyKey =
          IdempotencyHeader.key(key, List.of("erasure of an author's messages", author));
      entry.count(1, response);
      acceptor.erasure(app, author, idempotencyKey, Traceparent.wellFormed(traceparent));
      return new Accepted(author);
    }
  }
}
