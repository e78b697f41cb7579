package dev.tally.common.epoch;

/**
 * The epoch of a partition, as Redis knows it. If two that were read one after the other are equal,
 * no epoch has begun in between, and Redis has neither restarted nor lost the partition's state.
 *
 * @param run the name of the Redis process; {@code unknown} if Redis does not tell it
 * @param checkedRun the run that was checked last; empty if none was
 * @param epoch counters of a lower one are unknown
 */
public record PartitionEpoch(String run, String checkedRun, long epoch) {}
