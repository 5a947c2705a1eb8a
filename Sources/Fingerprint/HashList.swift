/// A list of known pictures as other people exchange it: one hash a line.
///
/// Understood are `HASH`, `pdq HASH`, `HASH_PDQ HASH` and comma-separated lines of which the first
/// field is the hash: `hash,quality,label,source`. A header line that begins with `hash`, empty lines
/// and lines that begin with `#` are passed over.
public struct HashList: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    public let hash: PDQHash
    /// Nil when the list does not say.
    public let quality: Int?
    public let label: String?
    public let source: String?
  }

  /// A line that was not understood. It is told rather than skipped: a list of known-bad pictures
  /// with holes would be taken for a whole one.
  public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    public let line: Int
    public let reason: String

    public var code: String { "hash_list.line" }
    public var description: String {
      "line \(line): \(reason); each line is a PDQ hash of 64 hexadecimal digits, alone or as "
        + "hash,quality,label,source"
    }
  }

  public let entries: [Entry]

  public init(parsing text: String) throws(Failure) {
    var entries: [Entry] = []
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let trimmed = Self.trimmed(line)
      if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      if number == 1, trimmed.lowercased().hasPrefix("hash,") { continue }
      entries.append(try Self.entry(trimmed, line: number))
    }
    self.entries = entries
  }

  private static func entry(_ text: Substring, line: Int) throws(Failure) -> Entry {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
    var first = fields[0]
    let words = first.split(separator: " ", omittingEmptySubsequences: true)
    if words.count == 2 {
      guard ["pdq", "hash_pdq"].contains(words[0].lowercased()) else {
        throw Failure(line: line, reason: "a hash of another kind than PDQ")
      }
      first = words[1]
    }
    guard let hash = PDQHash(hex: String(first)) else {
      throw Failure(line: line, reason: "no PDQ hash")
    }
    func field(_ index: Int) -> Substring? {
      guard index < fields.count, !fields[index].isEmpty else { return nil }
      return fields[index]
    }
    var quality: Int?
    if let text = field(1) {
      guard let value = Int(text), (0...100).contains(value) else {
        throw Failure(line: line, reason: "a quality that is no number from 0 to 100")
      }
      quality = value
    }
    return Entry(
      hash: hash, quality: quality, label: field(2).map(String.init),
      source: field(3).map(String.init))
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
