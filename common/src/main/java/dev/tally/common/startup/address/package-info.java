/**
 * Checks the settings that say where other servers are, before anything else reads them. They may
 * hold passwords, and libraries quote what they cannot read: Connector/J, Lettuce, Spring's binder
 * and OpenTelemetry all do.
 *
 * <p>{@code AddressCheck} has the list of settings, and an {@code AddressFormat} judges the text of
 * each. Neither quotes it.
 */
@NullMarked
package dev.tally.common.startup.address;

import org.jspecify.annotations.NullMarked;
