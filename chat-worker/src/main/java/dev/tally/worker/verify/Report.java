package dev.tally.worker.verify;

import java.util.List;

/**
 * The result of a verification.
 *
 * @param apps how many apps were checked
 * @param chats how many chats were checked
 * @param messages how many messages were checked
 * @param queued jobs accepted and not persisted yet
 * @param deadLetters jobs that wait for an operator
 * @param pending messages persisted and still in the search outbox
 * @param wrong number of findings
 * @param findings the first {@value Findings#SHOWN} findings
 */
public record Report(
    long apps,
    long chats,
    long messages,
    long queued,
    long deadLetters,
    long pending,
    long wrong,
    List<String> findings) {}
