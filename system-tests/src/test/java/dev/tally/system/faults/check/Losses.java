package dev.tally.system.faults.check;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.Partitions;
import dev.tally.system.faults.servers.Raise;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.List;

/** What the servers of a deployment have lost themselves, which Tally cannot keep. */
public final class Losses {

  /** No server lost anything. */
  public static final Losses NONE = new Losses(List.of());

  private final List<SetBack> setBacks;
  private final List<Lost> lost = new ArrayList<>();

  /**
   * A number of an accepted write that is lost.
   *
   * @param startNanos when the write's request began
   * @param causes the set-backs that may have lost it
   */
  private record Lost(Parent parent, long number, long startNanos, List<SetBack> causes) {}

  /** The losses by these set-backs. */
  public Losses(List<SetBack> setBacks) {
    this.setBacks = List.copyOf(setBacks);
  }

  /** Whether a number that an accepted write was given may be lost. */
  boolean mayBeLost(Write write, long number) {
    return !causes(write, number).isEmpty();
  }

  private List<SetBack> causes(Write write, long number) {
    return setBacks.stream()
        .filter(
            setBack ->
                acceptance(write, setBack) < setBack.goneNanos()
                    && setBack.loses(write.parent(), number))
        .toList();
  }

  /** Records that a number that may be lost is lost. */
  void isLost(Write write, long number) {
    lost.add(new Lost(write.parent(), number, write.startNanos(), causes(write, number)));
  }

  /** How many numbers of accepted writes are lost. */
  public int count() {
    return lost.size();
  }

  /**
   * The losses that no service has named, in sentences: no epoch began in their partition after the
   * write and the fault.
   *
   * @param raises from the logs of all services
   */
  public List<String> unnamed(List<Raise> raises, Partitions partitions) {
    List<String> unnamed = new ArrayList<>();
    for (Lost one : lost) {
      int partition = partitions.of(new AppToken(one.parent().app())).partition();
      boolean isNamed =
          one.causes().stream()
              .anyMatch(
                  cause ->
                      !cause.isSeen()
                          || raises.stream()
                              .anyMatch(
                                  raise ->
                                      raise.partition() == partition
                                          && cause.isNamedAt(raise.at(), one.startNanos())));
      if (!isNamed) {
        unnamed.add(
            "%s: number %d is lost, and no log names a loss in partition %d"
                .formatted(one.parent(), one.number(), partition));
      }
    }
    return unnamed;
  }

  /**
   * The moment after which a write was accepted. A MySQL that was set back leaves the idempotency
   * record in Redis: then the answer may repeat one that was lost with an earlier attempt.
   */
  private static long acceptance(Write write, SetBack setBack) {
    return setBack.mySql() ? write.startNanos() : write.answeredNanos();
  }

  /** Whether a void row may stand for this number: MySQL has lost what stood there. */
  boolean mayBeVoid(Parent parent, long number) {
    return setBacks.stream()
        .anyMatch(setBack -> setBack.losesRow(parent, number) && setBack.loses(parent, number));
  }

  /**
   * Whether only a part of a batch may be there: a worker may have claimed a part of it before the
   * rest was lost.
   */
  boolean mayBeTorn(Write write) {
    return setBacks.stream().anyMatch(setBack -> write.startNanos() < setBack.goneNanos());
  }

  /**
   * Whether a write may stand twice: its idempotency record was lost with Redis between two of its
   * attempts, after the first one had been persisted. A Redis that was frozen goes on beside the
   * one that has replaced it, and each takes an attempt before the other is gone.
   */
  boolean mayStandTwice(Write write) {
    return setBacks.stream()
        .anyMatch(
            setBack ->
                setBack.redis()
                    && write.startNanos() < setBack.goneNanos()
                    && write.lastNanos() > setBack.begunNanos());
  }

  /** Whether MySQL may have lost an app that was created at this moment or later. */
  boolean mayLoseApp(String token, long startNanos) {
    return setBacks.stream()
        .anyMatch(
            setBack ->
                setBack.mySql()
                    && startNanos < setBack.goneNanos()
                    && !setBack.apps().contains(token));
  }

  /** Whether Redis may have lost a chat before it was persisted, so that it does not exist. */
  boolean mayBeUnknown(Parent.Chat chat, long knownNanos, long askedNanos) {
    return mayBeUnknown(new Parent.App(chat.app()), chat.number(), knownNanos, askedNanos);
  }

  /** The same of a number of any parent. */
  boolean mayBeUnknown(Parent parent, long number, long knownNanos, long askedNanos) {
    return setBacks.stream()
        .anyMatch(
            setBack ->
                setBack.redis()
                    && knownNanos < setBack.goneNanos()
                    && setBack.begunNanos() < askedNanos
                    && setBack.loses(parent, number));
  }

  /** Whether a message or change that was shown at this moment may be gone in the end. */
  boolean mayVanish(Parent parent, long number, long readNanos) {
    return setBacks.stream()
        .anyMatch(setBack -> readNanos < setBack.goneNanos() && setBack.losesRow(parent, number));
  }

  /**
   * What a read must show of the numbers that an earlier read showed.
   *
   * @param missing stands for a chat that does not exist
   */
  long stillThere(Parent parent, ReadCheck.Read earlier, ReadCheck.Read later, long missing) {
    long least = earlier.atLeast();
    for (SetBack setBack : setBacks) {
      boolean isBetween =
          setBack.mySql()
              && earlier.startNanos() < setBack.goneNanos()
              && setBack.goneNanos() < later.endNanos();
      // With both set back, nobody may know of a number that is lost, so nothing stands there.
      boolean isOpen = setBack.redis() || later.startNanos() < setBack.settledNanos();
      if (isBetween && isOpen) {
        least = Math.min(least, setBack.rows().getOrDefault(parent, missing));
      }
    }
    return least;
  }

  /**
   * The highest change of a chat whose effects MySQL still had between two reads; {@link
   * Long#MAX_VALUE} if it was not set back between them. What it lost then stays lost.
   */
  long changesKept(Parent.Changes chat, long earlierStart, long laterEnd) {
    return setBacks.stream()
        .filter(SetBack::mySql)
        .filter(setBack -> earlierStart < setBack.goneNanos() && setBack.goneNanos() < laterEnd)
        .mapToLong(setBack -> setBack.rows().getOrDefault(chat, 0L))
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /**
   * Whether a dead letter is how a loss is named: Redis lost a job that a worker had claimed, or
   * MySQL the app that a job belongs to.
   */
  boolean names(State.Dead letter, List<Write> ofParent, boolean isAppLost) {
    return switch (letter.reason()) {
      case "superseded" ->
          ofParent.stream()
              .anyMatch(
                  write ->
                      (letter.body() == null || write.bodies().contains(letter.body()))
                          && setBacks.stream()
                              .anyMatch(
                                  setBack ->
                                      setBack.redis()
                                          && write.startNanos() < setBack.goneNanos()
                                          && setBack.loses(write.parent(), letter.number())));
      case "app-missing" -> isAppLost;
      default -> false;
    };
  }
}
