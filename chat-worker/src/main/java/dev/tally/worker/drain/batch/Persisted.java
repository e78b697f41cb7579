package dev.tally.worker.drain.batch;

import dev.tally.worker.numbers.MissingNumbers;
import java.util.List;

/**
 * The result of a transaction.
 *
 * @param chats rows inserted
 * @param messages rows inserted
 * @param changes edits and deletions that have rows now, and did not before
 * @param redelivered jobs whose rows were persisted already
 * @param late jobs about chats or apps that are deleted
 * @param rejections jobs that can never be persisted
 * @param skipped numbers between the highest row before and the highest new one that have no row
 */
public record Persisted(
    int chats,
    int messages,
    int changes,
    int redelivered,
    int late,
    List<Rejection> rejections,
    MissingNumbers skipped) {

  static Persisted of(BatchPlan plan, MissingNumbers skipped) {
    return new Persisted(
        plan.chats().size(),
        plan.messages().size(),
        plan.changes().addedCount(),
        plan.redelivered(),
        plan.late(),
        plan.rejections(),
        skipped);
  }
}
