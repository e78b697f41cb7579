/**
 * The fields of what clients send: a JSON object, a line of a batch, or a form. A route names the
 * fields that it knows, and what each may be.
 */
@NullMarked
package dev.tally.common.web.field;

import org.jspecify.annotations.NullMarked;
