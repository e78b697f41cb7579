package dev.tally.worker.drain;

import java.util.List;

/**
 * What a transaction did.
 *
 * @param chats rows inserted
 * @param messages rows inserted
 * @param redelivered jobs whose rows were there already
 * @param rejections jobs that can never be persisted
 */
record Persisted(int chats, int messages, int redelivered, List<Rejection> rejections) {}
