package dev.tally.common.web.request;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * Reads a request's body: bounded, as strict UTF-8. Every method throws a {@code ProblemException}
 * if the body is wrong.
 */
public final class RequestBody {

  /** The largest body of a request that carries one object, in bytes. */
  public static final int MAX_OBJECT_BYTES = 128 * 1024;

  private RequestBody() {}

  /** Whether the request has no body, or one that is announced to be empty. */
  public static boolean isAbsent(HttpServletRequest request) {
    long announced = request.getContentLengthLong();
    return announced == 0
        || (announced < 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null);
  }

  /**
   * Whether the whole body has arrived and waits to be read, in a buffer that the connection has
   * anyway. False if the body has no announced length.
   */
  public static boolean isHere(HttpServletRequest request) {
    long announced = request.getContentLengthLong();
    try {
      return isAbsent(request)
          || (announced > 0 && request.getInputStream().available() >= announced);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The media type that the request names.
   *
   * @return null if it names none
   */
  public static @Nullable MediaType mediaType(HttpServletRequest request) {
    String header = request.getContentType();
    if (header == null) {
      return null;
    }
    try {
      MediaType type = MediaType.parseMediaType(header);
      Charset charset = type.getCharset();
      if (charset != null && !charset.equals(StandardCharsets.UTF_8)) {
        throw unsupported("The charset must be UTF-8.");
      }
      return type;
    } catch (IllegalArgumentException e) {
      throw unsupported("The Content-Type cannot be read.");
    }
  }

  /**
   * The whole body as text.
   *
   * @param maxBytes the longest body allowed; a longer one is a 413 and is not read to its end
   */
  public static String text(HttpServletRequest request, int maxBytes) {
    long announced = request.getContentLengthLong();
    if (announced > maxBytes) {
      throw tooLarge(maxBytes);
    }
    byte[] bytes;
    try {
      // Allocates no more than the announced length.
      bytes = request.getInputStream().readNBytes(announced < 0 ? maxBytes + 1 : (int) announced);
    } catch (IOException e) {
      if (e.getCause() instanceof SocketTimeoutException) {
        throw ProblemException.of(ProblemType.REQUEST_TIMEOUT, "The body took too long to arrive.");
      }
      throw ProblemException.malformed("The body is incomplete.");
    }
    if (bytes.length > maxBytes) {
      throw tooLarge(maxBytes);
    }
    return utf8(ByteBuffer.wrap(bytes));
  }

  /** Decodes bytes that must be well-formed UTF-8. */
  public static String utf8(ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.malformed("The body is not well-formed UTF-8.");
    }
  }

  private static ProblemException tooLarge(int maxBytes) {
    return ProblemException.of(
        ProblemType.BODY_TOO_LARGE, "The body may be at most %,d bytes long.".formatted(maxBytes));
  }

  /** A 415 with this explanation. */
  public static ProblemException unsupported(String detail) {
    return ProblemException.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail);
  }
}
