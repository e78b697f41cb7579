package dev.tally.worker.verify;

/**
 * What became of a list of accepted writes.
 *
 * @param listed number of writes in the list
 * @param persisted number of persisted writes
 * @param onTheirWay number of writes that still wait in the queue
 * @param wrong number of writes that are lost, became dead letters, or have another body
 */
public record AcceptedReport(long listed, long persisted, long onTheirWay, long wrong) {}
