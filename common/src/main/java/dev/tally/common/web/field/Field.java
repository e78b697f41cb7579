package dev.tally.common.web.field;

/** A field that a client may send, and the rules for it. */
public sealed interface Field permits TextField, NumberField, ObjectField, FlagField {

  /** The field's name in requests. */
  String name();
}
