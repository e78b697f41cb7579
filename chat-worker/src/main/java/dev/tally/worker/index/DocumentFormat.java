package dev.tally.worker.index;

import java.util.function.BiFunction;

/**
 * The format of a layout: how an index is defined, and what its documents say of a message.
 *
 * <p>Every format has the fields {@code digest}, {@code chat}, {@code number} and {@code body} with
 * the same meaning: erasures and {@code verify} use them in an index of any layout. A deleted
 * message has a document, too, without any text: Elasticsearch remembers the version of a deleted
 * document for a minute only, and would take what the message said again after that.
 *
 * @param definition the resource with the settings and mappings of an index
 * @param fields makes the fields of a message's document, to be written as JSON
 */
record DocumentFormat(String definition, BiFunction<DocumentName, Message, Object> fields) {

  /** Layout 3, and 2, which differs in its versions only. */
  static final DocumentFormat V3 = new DocumentFormat("search/index-3.json", FieldsV3::of);

  /**
   * The fields of {@code search/index-3.json}.
   *
   * @param body empty if the message is deleted, so that no word finds it
   */
  private record FieldsV3(String digest, long chat, long number, String body) {

    static FieldsV3 of(DocumentName name, Message message) {
      return new FieldsV3(name.digest(), name.chat(), name.number(), message.body());
    }
  }
}
