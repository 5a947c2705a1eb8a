/// A box that is no superbox, by its place in the bytes.
public struct JUMBFContentBox: Equatable, Sendable {
  public let code: BoxCode
  /// Header and payload.
  public let range: Range<Int>
  /// Payload alone.
  public let payload: Range<Int>
}

/// A superbox: a description and what it describes. All ranges are absolute in the bytes that were
/// parsed; nothing is copied but the label and the salt.
public struct JUMBFSuperbox: Equatable, Sendable {
  public let type: JUMBFType
  public let label: String
  /// Random bytes of the private `c2sh` box, if there is one.
  public let salt: [UInt8]?
  /// Header and all.
  public let range: Range<Int>
  /// What a hashed URI to this box covers: everything behind the superbox's own header, from the
  /// description box on (C2PA 2.5 section 9.4.2.3).
  public let hashedRange: Range<Int>
  /// Everything after the description, in file order.
  public let children: [JUMBFChild]

  public var superboxes: [JUMBFSuperbox] {
    children.compactMap { if case .superbox(let box) = $0 { box } else { nil } }
  }
  public var contentBoxes: [JUMBFContentBox] {
    children.compactMap { if case .content(let box) = $0 { box } else { nil } }
  }

  /// The payload of the first content box with `code`.
  public func payload(_ code: BoxCode) -> Range<Int>? {
    contentBoxes.first { $0.code == code }?.payload
  }

  /// The one child superbox labelled `label`. Nil when there is none, and also when there are two:
  /// a URI through an ambiguous label resolves to nothing.
  public func child(labelled label: String) -> JUMBFSuperbox? {
    let matches = superboxes.filter { $0.label == label }
    return matches.count == 1 ? matches[0] : nil
  }
}

public enum JUMBFChild: Equatable, Sendable {
  case superbox(JUMBFSuperbox)
  case content(JUMBFContentBox)
}
