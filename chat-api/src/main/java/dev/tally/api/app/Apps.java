package dev.tally.api.app;

import dev.tally.common.identity.AppToken;
import dev.tally.common.web.problem.ProblemException;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Creates, renames and reads apps. */
@Service
public class Apps {

  private final SecureRandom random = new SecureRandom();
  private final AppRepository repository;

  Apps(AppRepository repository) {
    this.repository = repository;
  }

  /**
   * Finds the app with a token.
   *
   * @throws ProblemException 404 if no app has the token, 410 if the app is deleted
   */
  public App get(AppToken token) {
    App app = repository.findByToken(token.value()).orElseThrow(ProblemException::appNotFound);
    if (app.deleted()) {
      throw ProblemException.appDeleted();
    }
    return app;
  }

  @Transactional
  App create(String name) {
    return repository.save(new App(AppToken.random(random), name, now()));
  }

  @Transactional
  App rename(AppToken token, String name) {
    App app = get(token);
    app.rename(name, now());
    return app;
  }

  /**
   * Lists apps in the order of their creation, without the deleted ones.
   *
   * @param after the token of the last app of the page before, which may be deleted since; null for
   *     the first page
   * @param limit the maximum number of apps
   */
  List<App> list(@Nullable String after, int limit) {
    long id = after == null ? 0 : cursor(after).id();
    return repository.findByIdGreaterThanAndDeletedAtIsNullOrderById(id, Limit.of(limit));
  }

  private App cursor(String token) {
    return AppToken.parse(token)
        .flatMap(after -> repository.findByToken(after.value()))
        .orElseThrow(() -> ProblemException.malformed("after must be an app's token."));
  }

  private static LocalDateTime now() {
    return LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
  }
}
