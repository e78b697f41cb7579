/** Apps: the tenants, each known by its token. */
@NullMarked
package dev.tally.api.app;

import org.jspecify.annotations.NullMarked;
