/// What a `Range` header asks of a body (RFC 9110 section 14).
enum ByteRange: Equatable, Sendable {
  /// No usable range: the whole body with 200.
  case whole
  /// These bytes with 206; never empty.
  case part(ClosedRange<Int>)
  /// 416.
  case unsatisfiable

  /// A single range is honoured. Several ranges, other units and bad syntax are ignored, as the
  /// standard allows (section 14.2).
  init(header: String?, length: Int) {
    self = .whole
    guard let header, header.hasPrefix("bytes=") else { return }
    let halves = header.dropFirst(6).split(
      separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, let first = ByteRange.number(halves[0]),
      let last = ByteRange.number(halves[1])
    else { return }
    switch (first, last) {
    case (nil, nil): return
    case (nil, let count?):
      self =
        count == 0 || length == 0
        ? .unsatisfiable : .part(max(0, length - count)...(length - 1))
    case (let start?, let end):
      if let end, end < start { return }
      self = start >= length ? .unsatisfiable : .part(start...min(end ?? .max, length - 1))
    }
  }

  /// `.some(nil)` for an absent number; nil for what is no number.
  private static func number(_ text: Substring) -> Int?? {
    if text.isEmpty { return .some(nil) }
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    // More digits than fit mean "to the end".
    return .some(Int(text) ?? .max)
  }
}
