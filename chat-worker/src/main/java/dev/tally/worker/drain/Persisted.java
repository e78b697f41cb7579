package dev.tally.worker.drain;

import java.util.List;

/**
 * The result of a transaction.
 *
 * @param chats rows inserted
 * @param messages rows inserted
 * @param redelivered jobs whose rows were persisted already
 * @param rejections jobs that can never be persisted
 */
record Persisted(int chats, int messages, int redelivered, List<Rejection> rejections) {}
