package dev.tally.worker.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.search.AppDigest;
import dev.tally.common.search.SearchLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;

class DocumentWriterTest {

  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final String DIGEST = AppDigest.of(APP).value();

  private final BulkTransport elasticsearch = new BulkTransport();
  private final DocumentWriter writer = writer(NextLayout.formats());

  @Test
  void anIndexGetsDocumentsOfItsLayout() {
    List<Message> messages = List.of(message(1, "hello"));

    writer.write(new DocumentWriter.Target("live", SearchLayout.VERSION), messages);
    writer.write(new DocumentWriter.Target("building", NextLayout.LAYOUT), messages);

    String document =
        """
        {"digest":"%s","chat":1,"number":1,"body":"hello"%s}
        """;
    assertThat(elasticsearch.requests).hasSize(2);
    assertThat(elasticsearch.requests.get(0)).endsWith(document.formatted(DIGEST, ""));
    assertThat(elasticsearch.requests.get(1))
        .endsWith(document.formatted(DIGEST, ",\"words\":\"HELLO\""));
  }

  /** Both have the same names and fields. */
  @Test
  void anIndexOfLayout2GetsDocumentsOfLayout3() {
    List<Message> messages = List.of(message(1, "hello"));
    DocumentWriter present = writer(new DocumentFormats());

    present.write(new DocumentWriter.Target("index", SearchLayout.VERSION), messages);
    present.write(new DocumentWriter.Target("index", SearchLayout.OLDEST_USABLE), messages);

    assertThat(elasticsearch.requests.get(1)).isEqualTo(elasticsearch.requests.get(0));
  }

  @Test
  void anIndexOfAnUnknownLayoutGetsNothing() {
    DocumentWriter present = writer(new DocumentFormats());
    DocumentWriter.Target newer = new DocumentWriter.Target("newer", NextLayout.LAYOUT);

    assertThatThrownBy(() -> present.write(newer, List.of(message(1, "hello"))))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(elasticsearch.requests).isEmpty();
  }

  /** An API asks what it knows, and a worker must not create what no API of its version knows. */
  @Test
  void aWorkerKnowsTheLayoutsThatAnApiKnows() {
    DocumentFormats formats = new DocumentFormats();

    assertThat(formats.newest()).isEqualTo(SearchLayout.VERSION);
    for (int layout = 0; layout <= NextLayout.LAYOUT; layout++) {
      assertThat(formats.isKnown(layout)).isEqualTo(SearchLayout.isKnown(layout));
    }
  }

  /** JSON writes a control character as six bytes, and a Cyrillic letter as two. */
  @ParameterizedTest
  @CsvSource({"1, 10000, 200", "0x436, 10000, 600", "0x61, 10000, 1200", "0x61, 1, 60000"})
  void aBulkRequestIsAsLongAsItMayBe(int character, int length, int count) {
    String body = Character.toString(character).repeat(length);
    List<Message> messages =
        LongStream.rangeClosed(1, count).mapToObj(number -> message(number, body)).toList();

    BulkAnswer answer =
        writer.write(new DocumentWriter.Target("live", SearchLayout.VERSION), messages);

    assertThat(answer.sent()).isEqualTo(count);
    List<String> requests = elasticsearch.requests;
    assertThat(requests).hasSizeGreaterThan(1);
    for (int i = 0; i < requests.size(); i++) {
      assertThat(bytes(requests.get(i))).isLessThanOrEqualTo(DocumentWriter.MAX_BULK_BYTES);
      if (i > 0) {
        String next = requests.get(i).lines().limit(2).collect(Collectors.joining("\n", "", "\n"));
        assertThat(bytes(requests.get(i - 1)) + bytes(next))
            .isGreaterThan(DocumentWriter.MAX_BULK_BYTES);
      }
    }
    assertThat(requests.stream().flatMap(String::lines).filter(line -> line.contains("\"_id\"")))
        .hasSize(count);
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private DocumentWriter writer(DocumentFormats formats) {
    return new DocumentWriter(
        new ElasticsearchTemplate(new ElasticsearchClient(elasticsearch)), formats);
  }

  private static Message message(long number, String body) {
    return new Message(new MessageKey(new ChatKey(1, 1), number), APP, body, 0, Instant.EPOCH);
  }
}
