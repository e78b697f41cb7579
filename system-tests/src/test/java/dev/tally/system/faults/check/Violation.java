package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.Parent;

/** A promise that was not kept. */
public sealed interface Violation {

  /** What is wrong, in a sentence. */
  public String sentence();

  /** An app that was created is not there. */
  public record AppLost(String app) implements Violation {
    @Override
    public String sentence() {
      return "app %s was created and is lost".formatted(app);
    }
  }

  /** An app is there that nobody asked for. */
  public record AppInvented(String app) implements Violation {
    @Override
    public String sentence() {
      return "nobody asked for app %s".formatted(app);
    }
  }

  /** Accepted, and not there. */
  public record Lost(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was accepted and is lost".formatted(parent, number);
    }
  }

  /** There, and neither accepted nor asked for by a request whose outcome is unknown. */
  public record Invented(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is there, but no request that may have been accepted asked for it"
          .formatted(parent, number);
    }
  }

  /** One write, and two rows. */
  public record Doubled(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is a second copy of what is persisted already"
          .formatted(parent, number);
    }
  }

  /** A part of a batch of which all or nothing must be there. */
  public record Torn(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is of a batch that is not there as a whole, in its order"
          .formatted(parent, number);
    }
  }

  /** There with another body than was accepted or has been read. */
  public record BodyDiffers(Parent parent, long number, String expected, String persisted)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d has the body '%s', but was '%s'"
          .formatted(parent, number, persisted, expected);
    }
  }

  /** A message that was written to another chat, as a row or in a page. */
  public record Foreign(Parent parent, long number, Parent writtenTo) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was written to %s".formatted(parent, number, writtenTo);
    }
  }

  /** One number as the answer to two writes. */
  public record GivenTwice(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was given to two writes".formatted(parent, number);
    }
  }

  /** Two answers to one write. */
  public record AnsweredTwice(Parent parent, String key, long first, long other)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: the write with the idempotency key %s was given number %d and number %d"
          .formatted(parent, key, first, other);
    }
  }

  /** As many numbers as there was nothing to number. */
  public record Miscounted(Parent parent, long first, long last, int expected)
      implements Violation {
    @Override
    public String sentence() {
      return "%s: a write that takes %d numbers was given %d to %d"
          .formatted(parent, expected, first, last);
    }
  }

  /** A later write with a lower number. */
  public record Reordered(Parent parent, long number, long later) implements Violation {
    @Override
    public String sentence() {
      return "%s: the write with number %d ended before the one with number %d began"
          .formatted(parent, later, number);
    }
  }

  /** Numbers that nobody was told and that no row has, below one that a row has. */
  public record Gap(Parent parent, long first, long last) implements Violation {
    @Override
    public String sentence() {
      return "%s: numbers %d to %d are missing".formatted(parent, first, last);
    }
  }

  /** A count that is not the number of rows. */
  public record WrongCount(Parent parent, long count, long rows) implements Violation {
    @Override
    public String sentence() {
      return "%s: the count is %d, but there are %d rows".formatted(parent, count, rows);
    }
  }

  /** Rows whose parent has none. */
  public record Orphaned(Parent parent) implements Violation {
    @Override
    public String sentence() {
      return "%s: there are rows in it, but it does not exist".formatted(parent);
    }
  }

  /** 404 for what had been accepted before. */
  public record Denied(Parent parent) implements Violation {
    @Override
    public String sentence() {
      return "%s: a write to it was refused as unknown after it had been accepted"
          .formatted(parent);
    }
  }

  /** A page that is not the consecutive numbers behind where it was to start. */
  public record BrokenPage(Parent parent, long expected, long shown) implements Violation {
    @Override
    public String sentence() {
      return "%s: a page shows number %d where number %d belongs"
          .formatted(parent, shown, expected);
    }
  }

  /**
   * A read that shows less than one that had ended before it began; the rows that are there in the
   * end count as the last read. -1 stands for a chat that is not there.
   */
  public record WentBackwards(Parent parent, long seen, long then) implements Violation {
    @Override
    public String sentence() {
      return "%s: numbers up to %d were read, and after that only numbers up to %d were there"
          .formatted(parent, seen, then);
    }
  }

  /** A counter that will give out numbers again. */
  public record CounterBehind(Parent parent, long counter, long highest) implements Violation {
    @Override
    public String sentence() {
      return "%s: the counter is at %d, but number %d is persisted"
          .formatted(parent, counter, highest);
    }
  }

  /** Persisted, and not found by searches. */
  public record NotSearchable(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is persisted, but not in the search index".formatted(parent, number);
    }
  }

  /** Found by searches, and not persisted. */
  public record OnlySearchable(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d is in the search index, but not persisted".formatted(parent, number);
    }
  }

  /** A job that could not be persisted. */
  public record DeadLetter(String reason) implements Violation {
    @Override
    public String sentence() {
      return "there is a dead letter: " + reason;
    }
  }
}
