package dev.tally.gateway.chat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.identity.AppToken;
import dev.tally.common.tracing.Traceparent;
import dev.tally.gateway.accept.Acceptor;
import dev.tally.gateway.idempotency.IdempotencyHeader;
import dev.tally.gateway.ratelimit.AppRateLimit;
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
final class ChatController {

  private final Acceptor acceptor;
  private final AppRateLimit rateLimit;

  ChatController(Acceptor acceptor, AppRateLimit rateLimit) {
    this.acceptor = acceptor;
    this.rateLimit = rateLimit;
  }

  record Accepted(@JsonProperty("chat_number") long number) {}

  // With produces, a client that does not accept JSON gets its 406 before anything is written.
  @PostMapping(path = "/apps/{token}/chats", produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Accepted create(
      AppToken app,
      @RequestHeader(name = IdempotencyHeader.NAME, required = false) @Nullable String key,
      @RequestHeader(name = Traceparent.HEADER, required = false) @Nullable String traceparent,
      HttpServletResponse response) {
    IdempotencyKey idempotencyKey = IdempotencyHeader.key(key, List.of("chats"));
    rateLimit.take(app, 1, response);
    return new Accepted(acceptor.chat(app, idempotencyKey, Traceparent.wellFormed(traceparent)));
  }
}
