import Bytes

/// The two boxes of an embedded-file superbox: `bfdb` describes, `bidb` holds the bytes.
public struct EmbeddedFile: Equatable, Sendable {
  public let mediaType: String
  /// Nil also where a writer set the toggle and left the name out, as one does in the field.
  public let fileName: String?
  /// Where the file's bytes lie.
  public let content: Range<Int>

  /// Nil unless `box` is a well-formed embedded-file superbox with its bytes inside.
  public init?(_ box: JUMBFSuperbox, in bytes: Span<UInt8>) {
    let boxes = box.contentBoxes
    guard box.type == .embeddedFile, box.children.count == 2, boxes.count == 2,
      boxes[0].code == .fileDescription, boxes[1].code == .fileData
    else { return nil }
    let (description, content) = (boxes[0].payload, boxes[1].payload)
    // The media type ends in a NUL, and so does a name.
    guard description.count >= 2, bytes[description.upperBound - 1] == 0 else { return nil }
    let toggles = bytes[description.lowerBound]
    // Bit 1: the bytes are elsewhere. C2PA does not allow that.
    guard toggles & 2 == 0 else { return nil }
    let parts = bytes.array(description.lowerBound + 1..<description.upperBound)
      .split(separator: 0, omittingEmptySubsequences: false)
    guard let first = parts.first, let mediaType = String(validating: first, as: UTF8.self) else {
      return nil
    }
    self.mediaType = mediaType
    let name = toggles & 1 != 0 && parts.count > 1 ? parts[1] : []
    fileName = name.isEmpty ? nil : String(validating: name, as: UTF8.self)
    self.content = content
  }
}
