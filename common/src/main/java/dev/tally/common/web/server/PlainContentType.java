package dev.tally.common.web.server;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractJacksonHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Names the media type of JSON without parameters. Spring would repeat those that the request's
 * {@code Accept} has, and the name of any type that ends with {@code +json}, and fail if they are
 * longer than the headers of an answer may be.
 */
@ControllerAdvice
final class PlainContentType implements ResponseBodyAdvice<Object> {

  /** How long the name of a subtype may be (RFC 6838, 4.2). */
  private static final int LONGEST_NAME = 127;

  @Override
  public boolean supports(
      MethodParameter method, Class<? extends HttpMessageConverter<?>> converter) {
    return AbstractJacksonHttpMessageConverter.class.isAssignableFrom(converter);
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter method,
      MediaType selected,
      Class<? extends HttpMessageConverter<?>> converter,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    HttpHeaders headers = response.getHeaders();
    if (headers.getContentType() == null) {
      headers.setContentType(
          selected.getSubtype().length() <= LONGEST_NAME
              ? new MediaType(selected.getType(), selected.getSubtype())
              : MediaType.APPLICATION_JSON);
    }
    return body;
  }
}
