import Bytes
import CBOR
import JUMBF

/// An assertion of an ingredient's manifest that is taken out of it (C2PA 2.5 section 6.8). That
/// manifest's claim still lists it, so that everybody sees that something was there.
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

  /// The assertion in `store`, and the boxes around it, outermost first; nil when the store has no
  /// such assertion.
  fileprivate func place(
    in store: [UInt8]
  ) throws(SigningError) -> (box: JUMBFSuperbox, around: [JUMBFSuperbox])? {
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
      let manifest = root.child(labelled: parsed.path[0]),
      let assertions = manifest.child(labelled: ManifestLabel.assertionStore),
      let box = assertions.child(labelled: label)
    else { return nil }
    return (box, [root, manifest, assertions])
  }
}

extension [Redaction] {
  /// `store` without these assertions. The standard would also have the box stay with its content
  /// blotted out; the reference library cannot read that form.
  func applied(to store: [UInt8]) throws(SigningError) -> [UInt8] {
    var store = store
    for redaction in self {
      guard let (box, around) = try redaction.place(in: store) else { continue }
      for outer in around {
        let start = outer.range.lowerBound
        let isLong = store[start..<start + 4].elementsEqual([0, 0, 0, 1])
        var size: [UInt8] = []
        if isLong {
          size.appendBigEndian(UInt64(outer.range.count - box.range.count))
        } else {
          size.appendBigEndian(UInt32(outer.range.count - box.range.count))
        }
        let place = isLong ? start + 8 : start
        store.replaceSubrange(place..<place + size.count, with: size)
      }
      store.removeSubrange(box.range)
    }
    return store
  }
}
