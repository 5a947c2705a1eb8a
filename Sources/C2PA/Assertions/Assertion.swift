import Bytes
public import CBOR
public import JUMBF
public import StrictJSON

/// One assertion of a manifest, decoded as far as its box type allows.
public struct Assertion: Equatable, Sendable {
  public enum Content: Equatable, Sendable {
    case cbor(CBORValue)
    case json(JSONValue)
    case file(mediaType: String, content: Range<Int>)
    /// Box types without a meaning here, and content that could not be decoded.
    case opaque
  }

  /// As it stands in the box, with an instance suffix such as `__1`.
  public let label: String
  public let box: JUMBFSuperbox
  public let content: Content
  /// The content was replaced by the redaction marker.
  public let isRedacted: Bool
  /// Why the content is not what the box type promises; nil when it is.
  public let decodingFailure: String?

  public var cbor: CBORValue? { if case .cbor(let value) = content { value } else { nil } }

  /// The label without its instance suffix.
  public var type: String { Self.type(of: label) }

  public static func type(of label: String) -> String {
    guard let marker = label.range(ofDoubleUnderscore: ()) else { return label }
    return String(label[..<marker])
  }

  /// The UUID content box that stands in a redacted assertion.
  static let redactionMarker: [UInt8] = [
    0xCA, 0xA9, 0x8E, 0xEE, 0x9D, 0x4D, 0xF8, 0x0E, 0x86, 0xAD, 0x4D, 0xFF, 0xCA, 0x26, 0x39, 0x73,
  ]

  init(_ box: JUMBFSuperbox, in manifest: Manifest, spending budget: inout DecodingBudget) {
    label = box.label
    self.box = box
    let contents = box.contentBoxes.filter { $0.code != .free }
    if contents.count == 1, contents[0].code == .uuid {
      let payload = manifest.bytes(contents[0].payload)
      isRedacted =
        payload.starts(with: Self.redactionMarker) && payload.dropFirst(16).allSatisfy { $0 == 0 }
    } else {
      isRedacted = false
    }
    guard !isRedacted else {
      content = .opaque
      decodingFailure = nil
      return
    }
    switch box.type {
    case .cbor:
      (content, decodingFailure) = Self.decodeCBOR(box, manifest, &budget)
    case .json:
      (content, decodingFailure) = Self.decodeJSON(box, manifest, &budget)
    case .embeddedFile:
      if let file = EmbeddedFile(box, in: manifest.storeBytes.span) {
        content = .file(mediaType: file.mediaType, content: file.content)
        decodingFailure = nil
      } else {
        content = .opaque
        decodingFailure = "it is not the description of a file and that file"
      }
    case .uuid:
      content = .opaque
      decodingFailure = box.only(.uuid) == nil ? "it is not one UUID box and nothing else" : nil
    default:
      // C2PA 2.5 section 11.5.3: no other type of box is an assertion.
      content = .opaque
      decodingFailure = "its box type is none of an assertion's"
    }
  }

  private static func decodeCBOR(
    _ box: JUMBFSuperbox, _ manifest: Manifest, _ budget: inout DecodingBudget
  ) -> (Content, String?) {
    guard let range = box.only(.cbor) else {
      return (.opaque, "it is not one CBOR box and nothing else")
    }
    do throws(CBORError) {
      return (.cbor(try CBORValue.decode(manifest.bytes(range), spending: &budget.cbor)), nil)
    } catch {
      return (.opaque, error.description)
    }
  }

  private static func decodeJSON(
    _ box: JUMBFSuperbox, _ manifest: Manifest, _ budget: inout DecodingBudget
  ) -> (Content, String?) {
    guard let range = box.only(.json) else {
      return (.opaque, "it is not one JSON box and nothing else")
    }
    guard range.count <= budget.jsonBytes else {
      return (
        .opaque, "the store holds more JSON than the limit of \(DecodingBudget.jsonLimit) bytes"
      )
    }
    budget.jsonBytes -= range.count
    do throws(JSONError) {
      return (.json(try JSONValue.parse(manifest.bytes(range))), nil)
    } catch {
      return (.opaque, error.description)
    }
  }
}

extension JUMBFSuperbox {
  /// The payload of the one box that stands in this one; nil when it is of another kind, or not
  /// alone. What stood beside it would be hashed and never read.
  fileprivate func only(_ code: BoxCode) -> Range<Int>? {
    children.count == 1 ? payload(code) : nil
  }
}

/// What decoding all assertions of one store may cost. A decoded item takes some fifty times the
/// memory of its bytes, so that a small file could otherwise fill any machine.
struct DecodingBudget {
  /// The richest store of the public collections stays below ten thousand items.
  var cbor = CBORLimits(depth: CBORLimits().depth, items: 1 << 19)
  var jsonBytes = Self.jsonLimit

  /// Metadata assertions have some kilobytes each.
  static let jsonLimit = 2 << 20
}

extension String {
  /// The place of the last `__` that is followed by digits only; nil when there is none.
  fileprivate func range(ofDoubleUnderscore: Void) -> String.Index? {
    let digits = reversed().prefix { $0.isASCII && $0.isNumber }.count
    guard digits > 0, count >= digits + 2 else { return nil }
    let end = index(endIndex, offsetBy: -digits)
    let start = index(end, offsetBy: -2)
    return self[start..<end] == "__" ? start : nil
  }
}
