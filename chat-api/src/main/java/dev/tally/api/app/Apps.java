package dev.tally.api.app;

import dev.tally.api.page.Page;
import dev.tally.common.identity.Identifiers;
import dev.tally.common.web.problem.ProblemException;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Creates, renames and reads apps. */
@Service
public class Apps {

  private static final int TOKEN_BYTES = 16;

  private final SecureRandom random = new SecureRandom();
  private final AppRepository repository;

  Apps(AppRepository repository) {
    this.repository = repository;
  }

  /**
   * Finds the app with a token.
   *
   * @throws ProblemException 404 if no app has the token
   */
  public App get(String token) {
    if (!Identifiers.isToken(token)) {
      throw ProblemException.appNotFound();
    }
    return repository.findByToken(token).orElseThrow(ProblemException::appNotFound);
  }

  @Transactional
  App create(String name) {
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    return repository.save(new App(HexFormat.of().formatHex(token), name, now()));
  }

  @Transactional
  App rename(String token, String name) {
    App app = get(token);
    app.rename(name, now());
    return app;
  }

  /**
   * Lists apps in the order of their creation.
   *
   * @param after the token of the last app of the page before; null for the first page
   */
  Page<App> list(@Nullable String after, int limit) {
    long id = after == null ? 0 : cursor(after).id();
    return Page.of(repository.findByIdGreaterThanOrderById(id, Limit.of(limit + 1)), limit);
  }

  private App cursor(String token) {
    if (Identifiers.isToken(token)) {
      return repository
          .findByToken(token)
          .orElseThrow(() -> ProblemException.malformed("after must be an app's token."));
    }
    throw ProblemException.malformed("after must be an app's token.");
  }

  private static LocalDateTime now() {
    return LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
  }
}
