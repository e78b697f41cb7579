/** Has an author's messages erased: {@code DELETE /apps/{token}/messages?author=}. */
@NullMarked
package dev.tally.gateway.erasure;

import org.jspecify.annotations.NullMarked;
