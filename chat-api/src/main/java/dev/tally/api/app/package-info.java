/** Manages apps, the tenants of a deployment. A token names each app. */
@NullMarked
package dev.tally.api.app;

import org.jspecify.annotations.NullMarked;
