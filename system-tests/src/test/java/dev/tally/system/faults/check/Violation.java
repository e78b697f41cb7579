package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.Parent;
import org.jspecify.annotations.Nullable;

/** A promise that was not kept. */
public sealed interface Violation {

  /** Describes the violation in a sentence. */
  public String sentence();

  /** An app that was created is not there. */
  public record AppLost(String app) implements Violation {
    @Override
    public String sentence() {
      return "app %s was created and is lost".formatted(app);
    }
  }

  /** An app that no request created. */
  public record AppInvented(String app) implements Violation {
    @Override
    public String sentence() {
      return "nobody asked for app %s".formatted(app);
    }
  }

  /** A write that was accepted and is not persisted. */
  public record Lost(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was accepted and is lost".formatted(parent, number);
    }
  }

  /** A void row although no server has lost what stood there. */
  public record Voided(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is void, but no server has lost it".formatted(parent, number);
    }
  }

  /** A row that no request wrote, neither an accepted one nor one of unknown outcome. */
  public record Invented(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is there, but no request that may have been accepted asked for it"
          .formatted(parent, number);
    }
  }

  /** One write that has two rows. */
  public record Doubled(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is a second copy of what is persisted already"
          .formatted(parent, number);
    }
  }

  /** A part of a batch, although a batch is persisted whole or not at all. */
  public record Torn(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is of a batch that is not there as a whole, in its order"
          .formatted(parent, number);
    }
  }

  /** A row whose body differs from the body that was accepted or read. */
  public record BodyDiffers(Parent parent, long number, String expected, String persisted)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d has the body '%s', but was '%s'"
          .formatted(parent, number, persisted, expected);
    }
  }

  /**
   * A message that was written to another chat than the one that has its row or shows it in a page.
   */
  public record Foreign(Parent parent, long number, Parent writtenTo) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was written to %s".formatted(parent, number, writtenTo);
    }
  }

  /** One number in the answers to two writes. */
  public record GivenTwice(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was given to two writes".formatted(parent, number);
    }
  }

  /** Two different answers to one write. */
  public record AnsweredTwice(Parent parent, String key, long first, long other)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: the write with the idempotency key %s was given number %d and number %d"
          .formatted(parent, key, first, other);
    }
  }

  /** A write that got more or fewer numbers than it needs. */
  public record Miscounted(Parent parent, long first, long last, int expected)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: a write that takes %d numbers was given %d to %d"
          .formatted(parent, expected, first, last);
    }
  }

  /** A later write that has a lower number. */
  public record Reordered(Parent parent, long number, long later) implements Violation {
    @Override
    public String sentence() {
      return "%s: the write with number %d ended before the one with number %d began"
          .formatted(parent, later, number);
    }
  }

  /** Numbers without a row and without an accepted write, below the number of a row. */
  public record Gap(Parent parent, long first, long last) implements Violation {
    @Override
    public String sentence() {
      return "%s: numbers %d to %d are missing".formatted(parent, first, last);
    }
  }

  /** A count that differs from the number of rows. */
  public record WrongCount(Parent parent, long count, long rows) implements Violation {
    @Override
    public String sentence() {
      return "%s: the count is %d, but there are %d rows".formatted(parent, count, rows);
    }
  }

  /** Rows whose parent has no row. */
  public record Orphaned(Parent parent) implements Violation {
    @Override
    public String sentence() {
      return "%s: there are rows in it, but it does not exist".formatted(parent);
    }
  }

  /** A 404 for a parent that had been accepted before, or a 410 for one that is not lost. */
  public record Denied(Parent parent) implements Violation {
    @Override
    public String sentence() {
      return "%s: a request was refused although it had been accepted and is not lost"
          .formatted(parent);
    }
  }

  /** A page whose numbers are not consecutive from its start. */
  public record BrokenPage(Parent parent, long expected, long shown) implements Violation {
    @Override
    public String sentence() {
      return "%s: a page shows number %d where number %d belongs"
          .formatted(parent, shown, expected);
    }
  }

  /**
   * A read that shows less than an earlier read, which ended before this one began. The final rows
   * count as the last read. -1 stands for a chat that does not exist.
   */
  public record WentBackwards(Parent parent, long seen, long then) implements Violation {
    @Override
    public String sentence() {
      return "%s: numbers up to %d were read, and after that only numbers up to %d were there"
          .formatted(parent, seen, then);
    }
  }

  /** A counter so low that the gateway will give out numbers again. */
  public record CounterBehind(Parent parent, long counter, long highest) implements Violation {
    @Override
    public String sentence() {
      return "%s: the counter is at %d, but number %d is persisted"
          .formatted(parent, counter, highest);
    }
  }

  /** A persisted message that searches do not find. */
  public record NotSearchable(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is persisted, but not in the search index".formatted(parent, number);
    }
  }

  /** A message that searches find and that is not persisted. */
  public record OnlySearchable(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is in the search index, but not persisted".formatted(parent, number);
    }
  }

  /** A job that became a dead letter. */
  public record DeadLetter(@Nullable Parent parent, long number, String reason)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is a dead letter: %s".formatted(parent, number, reason);
    }
  }

  /** A change that had another effect than the changes before it let it have. */
  public record WrongEffect(Parent parent, long number, String expected, String effect)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d has the effect '%s', but should have '%s'"
          .formatted(parent, number, effect, expected);
    }
  }

  /** A change that says of its message before the change what it did not say. */
  public record WrongBefore(
      Parent parent, long number, @Nullable String expected, @Nullable String before)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d says that the message was '%s', but it was '%s'"
          .formatted(parent, number, before, expected);
    }
  }

  /** A message whose revision is not the number of the last change that was applied to it. */
  public record WrongRevision(Parent parent, long number, long expected, long revision)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d has revision %d, but was last changed by change %d"
          .formatted(parent, number, revision, expected);
    }
  }

  /** A message that says it was edited or deleted and was not, or the other way round. */
  public record WronglyMarked(Parent parent, long number, boolean isEdited, boolean isDeleted)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is marked as edited: %b, as deleted: %b, and one of them is wrong"
          .formatted(parent, number, isEdited, isDeleted);
    }
  }

  /** A count of deleted messages that differs from the rows. */
  public record WrongDeletedCount(Parent parent, long count, long rows) implements Violation {
    @Override
    public String sentence() {
      return "%s: the count of deleted messages is %d, but there are %d"
          .formatted(parent, count, rows);
    }
  }

  /** A text of a message that was read although its deletion had been read before. */
  public record Resurrected(Parent parent, long number, String body) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was deleted, and then read as '%s'".formatted(parent, number, body);
    }
  }

  /** A read of a message as it was before a change that had been read before. */
  public record Rewound(Parent parent, long number, long seen, long then) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was read with revision %d, and after that with revision %d"
          .formatted(parent, number, seen, then);
    }
  }

  /** A count of deleted messages that is lower than it was. */
  public record CountFell(Parent parent, long seen, long then) implements Violation {
    @Override
    public String sentence() {
      return "%s: %d messages were deleted, and after that only %d".formatted(parent, seen, then);
    }
  }

  /** A 404 for a message that had been accepted before and is not lost. */
  public record MessageDenied(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: a change of number %d was refused although it had been accepted"
          .formatted(parent, number);
    }
  }
}
