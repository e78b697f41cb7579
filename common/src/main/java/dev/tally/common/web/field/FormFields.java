package dev.tally.common.web.field;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.request.RequestBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads {@code application/x-www-form-urlencoded} text as the WHATWG URL standard describes it, but
 * strictly: the usual decoders replace a percent sequence that is not UTF-8, and the stored text
 * would differ from the sent one.
 */
final class FormFields {

  private FormFields() {}

  static void read(String form, FieldReader.Found found) {
    for (String pair : form.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      // Browsers write no empty pair, and skip one.
      Field field = pair.isEmpty() ? null : found.field(name);
      if (field != null && !found.add(field, text(field, pair, equals))) {
        throw ProblemException.malformed(name + " is given twice.");
      }
    }
  }

  private static String text(Field field, String pair, int equals) {
    String text = equals < 0 ? "" : decode(pair.substring(equals + 1));
    return field instanceof ObjectField object ? JsonFields.object(object, text) : text;
  }

  private static String decode(String text) {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      switch (in[i]) {
        case '+' -> out.put((byte) ' ');
        case '%' -> {
          int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
          int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
          if (high < 0 || low < 0) {
            throw ProblemException.malformed("The form has a broken percent sequence.");
          }
          out.put((byte) (high << 4 | low));
          i += 2;
        }
        default -> out.put(in[i]);
      }
    }
    return RequestBody.utf8(out.flip());
  }
}
