package dev.tally.api.stream;

import dev.tally.api.chat.Chats;
import dev.tally.common.identity.ChatName;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.common.web.ratelimit.ClientAddress;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class StreamController {

  private static final String CONTENT_TYPE = "text/event-stream;charset=UTF-8";
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final Chats chats;
  private final Streams streams;
  private final HighestNumbers highestNumbers;
  private final MessageStream stream;

  StreamController(
      Chats chats, Streams streams, HighestNumbers highestNumbers, MessageStream stream) {
    this.chats = chats;
    this.streams = streams;
    this.highestNumbers = highestNumbers;
    this.stream = stream;
  }

  // No produces: on a 406 Spring would fall through to /messages/{number} with number = "stream".
  @GetMapping("/apps/{token}/chats/{chat}/messages/stream")
  void stream(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String changes,
      @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String lastEventId,
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
      ChatName chat,
      HttpServletRequest request,
      HttpServletResponse response) {
    requireAcceptable(accept);
    Position requested = requested(after, lastEventId);
    boolean wantsChanges = requested.wantsChanges(changes);
    String address = ClientAddress.of(request);
    ChatWatch watch = streams.open(chats.place(chat), address);
    try {
      if (wantsChanges) {
        watch.follow();
      }
      highestNumbers.raise(List.of(watch));
      Position position = wantsChanges ? withChanges(requested, watch) : requested.withoutChanges();
      response.setContentType(CONTENT_TYPE);
      // Without it, nginx would buffer the events.
      response.setHeader("X-Accel-Buffering", "no");
      if (!RequestMethod.HEAD.name().equals(request.getMethod())) {
        stream.run(watch, position, response);
      }
    } finally {
      if (wantsChanges) {
        watch.unfollow();
      }
      streams.close(watch, address);
    }
  }

  private static Position requested(@Nullable String after, @Nullable String lastEventId) {
    Position position = after == null ? Position.of(0) : Position.parse("after", after);
    // A browser that reconnects repeats its first URL, so the header is newer than the parameter.
    return lastEventId == null || lastEventId.isEmpty()
        ? position
        : Position.parse(LAST_EVENT_ID, lastEventId);
  }

  /** A client that names no change gets those from now on. */
  private Position withChanges(Position requested, ChatWatch watch) {
    return requested.hasChanges()
        ? requested
        : requested.atChange(highestNumbers.ofChange(watch.chat().key()));
  }

  private static void requireAcceptable(@Nullable String accept) {
    try {
      if (accept == null
          || accept.isBlank()
          || MediaType.parseMediaTypes(accept).stream()
              .anyMatch(type -> type.includes(MediaType.TEXT_EVENT_STREAM))) {
        return;
      }
    } catch (InvalidMediaTypeException e) {
      // A header that cannot be parsed gets the same 406.
    }
    throw ProblemException.of(
        ProblemType.NOT_ACCEPTABLE,
        "This route only answers with text/event-stream: change or omit the Accept header.");
  }
}
