package dev.tally.worker.index;

import dev.tally.common.search.SearchLayout;
import dev.tally.worker.ChatWorker;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * A layout after the newest one, and workers that know it, as a later version of Tally has them.
 * Its documents have a field that the index of no other layout takes.
 */
public final class NextLayout {

  public static final int LAYOUT = SearchLayout.VERSION + 1;

  private NextLayout() {}

  /** Starts the parts that commands use, of a worker that creates indexes of this layout. */
  public static ConfigurableApplicationContext worker(String... args) {
    return SpringApplication.from(ChatWorker::forCommand)
        .with(Formats.class)
        .run(args)
        .getApplicationContext();
  }

  /** The layouts that such a worker knows. */
  static DocumentFormats formats() {
    return new DocumentFormats(
        Map.of(
            SearchLayout.VERSION,
            DocumentFormat.V3,
            LAYOUT,
            new DocumentFormat("search/index-next.json", Fields::of)));
  }

  /** Takes the place of the product's own formats. */
  static final class Formats {

    @Bean
    @Primary
    DocumentFormats nextFormats() {
      return formats();
    }
  }

  private record Fields(String digest, long chat, long number, String body, String words) {

    static Fields of(DocumentName name, Message message) {
      return new Fields(
          name.digest(),
          name.chat(),
          name.number(),
          message.body(),
          message.body().toUpperCase(Locale.ROOT));
    }
  }
}
