package dev.tally.worker.drain.batch;

import java.util.List;

/**
 * The result of a transaction.
 *
 * @param chats rows inserted
 * @param messages rows inserted
 * @param redelivered jobs whose rows were persisted already
 * @param rejections jobs that can never be persisted
 */
public record Persisted(int chats, int messages, int redelivered, List<Rejection> rejections) {

  static Persisted of(BatchPlan plan) {
    return new Persisted(
        plan.chats().size(), plan.messages().size(), plan.redelivered(), plan.rejections());
  }
}
