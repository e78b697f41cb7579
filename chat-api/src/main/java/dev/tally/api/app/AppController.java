package dev.tally.api.app;

import dev.tally.api.answer.Answers;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageQuery;
import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.AppToken;
import dev.tally.common.web.field.FieldReader;
import dev.tally.common.web.field.Fields;
import dev.tally.common.web.field.TextField;
import dev.tally.common.web.ratelimit.ClientAddress;
import dev.tally.common.web.ratelimit.RateLimit;
import dev.tally.common.web.request.BodyMemory;
import dev.tally.common.web.request.RequestBody;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/apps")
final class AppController {

  private static final Fields FIELDS = Fields.of(TextField.APP_NAME);

  private final Apps apps;
  private final Deletion deletion;
  private final AdminKey adminKey;
  private final BodyMemory bodies;
  private final FieldReader fields;
  private final Answers answers;
  private final RateLimit newApps;

  AppController(
      Apps apps,
      Deletion deletion,
      AdminKey adminKey,
      BodyMemory bodies,
      FieldReader fields,
      Answers answers,
      AppProperties properties) {
    this.apps = apps;
    this.deletion = deletion;
    this.adminKey = adminKey;
    this.bodies = bodies;
    this.fields = fields;
    this.answers = answers;
    this.newApps =
        new RateLimit(
            "new-apps",
            "This client address has created too many apps.",
            properties.newAppsPerHour(),
            Duration.ofHours(1),
            /* burst= */ 0,
            /* highestCost= */ 1);
  }

  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  void list(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      HttpServletRequest request,
      HttpServletResponse response) {
    adminKey.require(request);
    int size = PageRequest.limit(limit);
    try (PageBody<AppView> body = PageBody.of(answers, size)) {
      body.addAll(apps.list(after, size + 1).stream().map(AppView::of).toList());
      body.send(last -> PageQuery.of(size).with("after", last.token()), response);
    }
  }

  // produces: a client that does not accept JSON gets its 406 before anything is written.
  @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<AppView> create(HttpServletRequest request, HttpServletResponse response) {
    adminKey.require(request);
    String name = name(request);
    newApps.take(ClientAddress.of(request), 1, response);
    AppView app = AppView.of(apps.create(name));
    return ResponseEntity.created(URI.create("/apps/" + app.token())).body(app);
  }

  @GetMapping("/{token}")
  AppView get(AppToken token) {
    return AppView.of(apps.get(token));
  }

  @PutMapping(path = "/{token}", produces = MediaType.APPLICATION_JSON_VALUE)
  AppView rename(AppToken token, HttpServletRequest request) {
    adminKey.require(request);
    apps.get(token);
    return AppView.of(apps.rename(token, name(request)));
  }

  @DeleteMapping(path = "/{token}", produces = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.ACCEPTED)
  Deletion.Deleted delete(AppToken token, HttpServletRequest request) {
    adminKey.require(request);
    return deletion.delete(token);
  }

  private String name(HttpServletRequest request) {
    try (BodyMemory.Held _ =
        RequestBody.isHere(request)
            ? BodyMemory.Held.NOTHING
            : bodies.hold(ClientAddress.of(request), request, RequestBody.MAX_OBJECT_BYTES)) {
      return TextField.APP_NAME.require(
          fields.read(request, FIELDS).get(TextField.APP_NAME.name()));
    }
  }
}
