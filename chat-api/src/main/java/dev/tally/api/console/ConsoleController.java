package dev.tally.api.console;

import dev.tally.api.gateway.GatewayProperties;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.util.HtmlUtils;

/** Serves the files of the console, which {@link #FILES} lists. */
@RestController
final class ConsoleController {

  private static final String PAGE = "index.html";
  private static final List<String> FILES =
      List.of(
          "console.css",
          "icon.svg",
          "api.js",
          "app.js",
          "apps.js",
          "chart.js",
          "chat.js",
          "dom.js",
          "format.js",
          "key.js",
          "known.js",
          "main.js",
          "operations.js",
          "stream.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html;charset=UTF-8",
          "css", "text/css;charset=UTF-8",
          "js", "text/javascript;charset=UTF-8",
          "svg", "image/svg+xml");

  private final Asset page;
  private final Map<String, Asset> files;
  private final String contentSecurityPolicy;

  ConsoleController(GatewayProperties properties) {
    String html = new String(read(PAGE), StandardCharsets.UTF_8);
    page =
        Asset.of(
            PAGE,
            html.replace("{{gateway}}", HtmlUtils.htmlEscape(properties.base()))
                .getBytes(StandardCharsets.UTF_8));
    files =
        FILES.stream()
            .collect(Collectors.toMap(Function.identity(), name -> Asset.of(name, read(name))));
    contentSecurityPolicy =
        "default-src 'self'; connect-src 'self' %s; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
            .formatted(properties.origin());
  }

  @SuppressWarnings("ArrayRecordComponent") // Nothing writes to the array after its creation.
  private record Asset(byte[] bytes, MediaType type, String etag) {
    static Asset of(String name, byte[] bytes) {
      String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "");
      return new Asset(
          bytes, MediaType.parseMediaType(type), "\"" + DigestUtils.md5DigestAsHex(bytes) + "\"");
    }
  }

  private static byte[] read(String name) {
    try (InputStream in = new ClassPathResource("console/" + name).getInputStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @GetMapping("/")
  @Nullable ResponseEntity<byte[]> page(HttpServletRequest request, HttpServletResponse response) {
    return answer(page, request, response);
  }

  @GetMapping("/console/{name}")
  @Nullable ResponseEntity<byte[]> file(
      @PathVariable String name, HttpServletRequest request, HttpServletResponse response) {
    Asset file = files.get(name);
    if (file == null) {
      throw ProblemException.of(
          ProblemType.NO_SUCH_ROUTE, "The console has no file with this name.");
    }
    return answer(file, request, response);
  }

  private @Nullable ResponseEntity<byte[]> answer(
      Asset asset, HttpServletRequest request, HttpServletResponse response) {
    // These replace the headers that SecurityHeadersValve sets for answers that are data.
    response.setHeader("Content-Security-Policy", contentSecurityPolicy);
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    if (new ServletWebRequest(request, response).checkNotModified(asset.etag())) {
      return null;
    }
    return ResponseEntity.ok().contentType(asset.type()).body(asset.bytes());
  }
}
