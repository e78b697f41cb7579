package dev.tally.common.web.field;

/** What happens to a request with a field that its route does not know. */
public enum UnknownFields {
  /** The request gets a 422 that names the field: what it says would be gone. */
  REFUSE,
  /** The field is skipped. */
  IGNORE
}
