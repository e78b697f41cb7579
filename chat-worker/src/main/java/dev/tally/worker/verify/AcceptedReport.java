package dev.tally.worker.verify;

/**
 * What has become of writes that clients were told to be accepted.
 *
 * @param told how many there are
 * @param persisted how many are there
 * @param onTheirWay how many still wait in the queue
 * @param wrong how many are lost, set aside as dead letters, or have another body
 */
public record AcceptedReport(long told, long persisted, long onTheirWay, long wrong) {}
