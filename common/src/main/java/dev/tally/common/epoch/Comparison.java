package dev.tally.common.epoch;

import java.util.Set;

/**
 * What was compared.
 *
 * @param faults empty if nothing is missing
 * @param isNew whether the run takes a new term
 * @param term the run's, recorded in MySQL if it is new or something is missing
 * @param epoch the new one, recorded in MySQL, if something is missing
 * @param seen the highest position that anybody has seen
 * @param checked the highest position of earlier runs that has been compared with this run
 */
record Comparison(
    PartitionState state,
    Set<Fault> faults,
    boolean isNew,
    long term,
    long epoch,
    long seen,
    long checked) {}
