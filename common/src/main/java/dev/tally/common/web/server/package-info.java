/**
 * Configures every service's web server for all requests, before controllers see them: the deadline
 * for receiving a request, the pace of reading an answer, the proxies that are trusted, and the
 * headers of every answer.
 */
@NullMarked
package dev.tally.common.web.server;

import org.jspecify.annotations.NullMarked;
