/**
 * Answers every error as an RFC 9457 problem, with the plain {@code error} string that older
 * clients read.
 *
 * <p>Three classes answer, depending on how far a request gets: {@code ProblemReportValve} before
 * any servlet, {@code ProblemErrorController} outside of controllers, {@code ProblemHandler} in
 * them.
 *
 * @see dev.tally.common.web.problem.ProblemException
 */
@NullMarked
package dev.tally.common.web.problem;

import org.jspecify.annotations.NullMarked;
