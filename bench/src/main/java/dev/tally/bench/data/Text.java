package dev.tally.bench.data;

import java.util.Random;

/** Message bodies as long as those that people write. They are the same in every run. */
public final class Text {

  private static final String[] WORDS =
      """
      about after again all always and another any around away back because been before better between both
      bring build but call came change chat clear come could day deploy different does done down each early
      else even every fine first for found friday from gateway give going good great had has have hello help
      here how however into issue just keep know last later latency left let like little look lunch made make
      many meet message minute monday more most much must need never new next nice nobody not now number off
      office often okay once one only open other our out over people perhaps plan please point queue quick
      really release review right said same seen send server should some soon start still sure table take
      team than thanks that their them then there these they thing think this those though time today tomorrow
      tonight took under until update very wait want was week well went were what when where which while why
      will with without word work would write yes yesterday yet your\
      """
          .split("\\s+");

  private Text() {}

  /** The body with a number: about 70 characters of ASCII without quotes. */
  public static String body(long number) {
    Random random = new Random(number);
    StringBuilder body = new StringBuilder(96);
    int words = 6 + random.nextInt(14);
    for (int i = 0; i < words; i++) {
      body.append(i == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
    }
    return body.toString();
  }

  /** A JSON object with that body. */
  public static String json(String body) {
    return "{\"body\":\"" + body + "\"}";
  }
}
