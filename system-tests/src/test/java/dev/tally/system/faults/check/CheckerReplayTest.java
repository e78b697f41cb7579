package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.State;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker finds every violation in what changes have made of messages, and in what
 * they say of themselves. Otherwise a run without findings would prove nothing.
 */
class CheckerReplayTest extends CheckerChangesFixture {

  CheckerReplayTest() {
    manyChanges();
  }

  @Test
  void aTextOfAnEarlierChangeIsNamed() {
    says(edited(2, "two", "TWO", 2));

    assertOnly(new Violation.BodyDiffers(CHAT, 2, "II", "TWO"));
  }

  @Test
  void aTextOfADeletedMessageIsNamed() {
    says(new State.Message(1, "one", "ONE", false, 5, true, true));

    assertOnly(new Violation.BodyDiffers(CHAT, 1, "", "ONE"));
  }

  @Test
  void anEditAfterADeletionIsNamed() {
    effect(6, "applied");
    says(new State.Message(1, "one", "I", false, 6, true, false));
    count(0, -1);

    assertOnly(new Violation.WrongEffect(CHANGES, 6, "none", "applied"));
  }

  @Test
  void aChangeThatHadToBeAppliedIsNamed() {
    effect(2, "conflict");

    assertOnly(new Violation.WrongEffect(CHANGES, 2, "applied", "conflict"));
  }

  @Test
  void aConflictThatWasAppliedIsNamed() {
    effect(3, "applied");
    says(edited(2, "two", "2", 3));

    assertOnly(new Violation.WrongEffect(CHANGES, 3, "conflict", "applied"));
  }

  @Test
  void aChangeThatStillWaitsIsNamed() {
    changed(edit(3, "g", "THREE", null), "pending", null);

    assertOnly(new Violation.WrongEffect(CHANGES, 7, "applied", "pending"));
  }

  @Test
  void aChangeOfAMessageThatIsNotThereIsNamed() {
    changed(edit(4, "g", "FOUR", null), "pending", null);

    assertOnly(new Violation.WrongEffect(CHANGES, 7, "none", "pending"));
  }

  @Test
  void aWrongBeforeIsNamed() {
    before(2, "two");

    assertOnly(new Violation.WrongBefore(CHANGES, 2, "TWO", "two"));
  }

  @Test
  void aBeforeOfADeletedMessageIsNamed() {
    before(4, "one");

    assertOnly(new Violation.WrongBefore(CHANGES, 4, null, "one"));
  }

  @Test
  void aBeforeOfAChangeWithoutEffectIsNamed() {
    before(3, "II");

    assertOnly(new Violation.WrongBefore(CHANGES, 3, null, "II"));
  }

  @Test
  void aWrongRevisionIsNamed() {
    says(edited(2, "two", "II", 3));

    assertOnly(new Violation.WrongRevision(CHAT, 2, 2, 3));
  }

  @Test
  void aMissingMarkOfAnEditIsNamed() {
    says(new State.Message(2, "two", "II", false, 2, false, false));

    assertOnly(new Violation.WronglyMarked(CHAT, 2, false, false));
  }

  @Test
  void aMissingMarkOfADeletionIsNamed() {
    says(new State.Message(1, "one", "", false, 5, true, false));
    count(0, -1);

    assertOnly(new Violation.WronglyMarked(CHAT, 1, true, false));
  }
}
