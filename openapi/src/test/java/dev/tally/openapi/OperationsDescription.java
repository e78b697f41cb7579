package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.INTERNAL_ERROR;
import static dev.tally.common.web.problem.ProblemType.MALFORMED_REQUEST;
import static dev.tally.common.web.problem.ProblemType.MISDIRECTED_REQUEST;
import static dev.tally.common.web.problem.ProblemType.NOT_ACCEPTABLE;
import static dev.tally.common.web.problem.ProblemType.RATE_LIMITED;
import static dev.tally.common.web.problem.ProblemType.UNAUTHORIZED;
import static dev.tally.common.web.problem.ProblemType.UNAVAILABLE;

import java.util.List;
import java.util.Map;

/** Describes the route of operations. */
final class OperationsDescription {

  private OperationsDescription() {}

  static void describe(Document document) {
    document.tag("operations", "The state of the deployment.");
    String count =
        """
        {"type": "integer", "format": "int64", "minimum": 0}""";
    String seconds =
        """
        {"type": "number", "minimum": 0}""";
    document.record(
        "Partition",
        "dev.tally.api.operations.OperationsView$Partition",
        List.of(),
        Map.of(
            "partition",
            "{}",
            "depth",
            count,
            "oldest_age_seconds",
            seconds,
            "dead_letters",
            count));
    document.record(
        "Queue",
        "dev.tally.api.operations.OperationsView$Queue",
        List.of(),
        Map.of(
            "depth", count,
            "oldest_age_seconds", seconds,
            "dead_letters", count,
            "partitions", "{}"));
    document.record(
        "Operations",
        "dev.tally.api.operations.OperationsView",
        List.of(),
        Map.of(
            "at",
            ApiDescription.TIME,
            "queue",
            """
            {"description": "Null while Redis is away.", "oneOf": [%s, {"type": "null"}]}"""
                .formatted(Shared.reference("Queue")),
            "outbox_backlog",
            """
            {"type": ["integer", "null"], "description": "Null while MySQL is away."}""",
            "persisted_messages",
            count,
            "open_streams",
            count));
    document
        .route("GET", "/operations")
        .is("operations", "getOperations", "Get the state of queue and outbox", "For the console.")
        .needsAdminKey()
        .answers(
            200,
            "The state",
            Shared.reference("Operations"),
            """
            {
              "at": "2026-11-24T14:42:19.120215Z",
              "queue": {
                "depth": 3,
                "oldest_age_seconds": 0.012,
                "dead_letters": 0,
                "partitions": [
                  {"partition": 0, "depth": 3, "oldest_age_seconds": 0.012, "dead_letters": 0}
                ]
              },
              "outbox_backlog": 1,
              "persisted_messages": 1204,
              "open_streams": 2
            }""")
        // No limit covers this route, unlike those under /apps.
        .problems(
            UNAUTHORIZED,
            MALFORMED_REQUEST,
            MISDIRECTED_REQUEST,
            NOT_ACCEPTABLE,
            RATE_LIMITED,
            INTERNAL_ERROR,
            UNAVAILABLE);
  }
}
