import CBOR

extension CBORValue {
  /// Seconds since 1970 of a date-time, or of the `value` of a map that says which bound it is
  /// (C2PA 2.5 section 16.4.1); nil where it cannot be read, which is no check's business.
  var moment: Int64? { (dateTime ?? self["value"]?.dateTime).flatMap(InstantText.parse) }
}
