import CBOR
import JUMBF

/// An assertion of an ingredient's manifest that is taken out of it (C2PA 2.5 section 6.8). Its
/// label stays, so that everybody sees that something was there.
public struct Redaction: Equatable, Sendable {
  /// `self#jumbf=/c2pa/MANIFEST/c2pa.assertions/LABEL`.
  public var uri: String
  /// `c2pa.PII.present`, `c2pa.invalid.data`, `c2pa.trade-secret.present`,
  /// `c2pa.government.confidential`, or an entity's own.
  public var reason: String

  public init(uri: String, reason: String = "c2pa.PII.present") {
    self.uri = uri
    self.reason = reason
  }

  /// What the standard asks to be said of it.
  var action: ActionDefinition {
    ActionDefinition(
      "c2pa.redacted", reason: reason, parameters: [.init("redacted", .text(uri))])
  }

  /// CAA98EEE-9D4D-F80E-86AD-4DFFCA263973: the content of an assertion that was blotted out.
  private static let marker: [UInt8] = [
    0xCA, 0xA9, 0x8E, 0xEE, 0x9D, 0x4D, 0xF8, 0x0E, 0x86, 0xAD, 0x4D, 0xFF, 0xCA, 0x26, 0x39, 0x73,
  ]

  /// Where the assertion's content lies in `store`, behind its description; nil when the store has no
  /// such assertion.
  fileprivate func content(in store: [UInt8]) throws(SigningError) -> Range<Int>? {
    guard let parsed = JUMBFURI(uri), parsed.isAbsolute, parsed.path.count == 3,
      parsed.path[1] == ManifestLabel.assertionStore
    else {
      throw .definition("\(uri) does not name an assertion to redact, from /c2pa/ on")
    }
    let label = parsed.path[2]
    for kept in ["c2pa.actions", "c2pa.hash.", "c2pa.ingredient"] where label.hasPrefix(kept) {
      throw .definition("\(label) may not be redacted: the history would lose its thread")
    }
    guard let root = try? JUMBFSuperbox.parse(store),
      let box = root.child(labelled: parsed.path[0])?
        .child(labelled: ManifestLabel.assertionStore)?.child(labelled: label)
    else { return nil }
    let starts = box.children.map { child in
      switch child {
      case .superbox(let inner): inner.range.lowerBound
      case .content(let inner): inner.range.lowerBound
      }
    }
    guard let start = starts.min() else { return nil }
    return start..<box.range.upperBound
  }

  /// As long as what it replaces, so that the store keeps its length.
  fileprivate func blot(_ length: Int) throws(SigningError) -> [UInt8] {
    let padding = length - Self.marker.count - 8
    guard padding >= 0 else { throw .definition("\(uri) is too short to be redacted") }
    return JUMBFBuilder.box(.uuid, Self.marker + [UInt8](repeating: 0, count: padding))
  }
}

extension [Redaction] {
  /// `store` without the content of these assertions, at the same length.
  func applied(to store: [UInt8]) throws(SigningError) -> [UInt8] {
    var store = store
    for redaction in self {
      guard let range = try redaction.content(in: store) else { continue }
      store.replaceSubrange(range, with: try redaction.blot(range.count))
    }
    return store
  }
}
