/// A list of known media as other people exchange it: one hash a line.
///
/// Understood are `HASH` (64 hexadecimal digits are PDQ, 40 SHA-1, 32 MD5), `KIND HASH` with the kinds of
/// `KnownHash`, and comma-separated lines of which the first field is one of these:
/// `hash,quality,label,source`. A first line that names its columns, of which one is `hash`, says where
/// they are (`type` and `id` are known besides). Empty lines and lines that begin with `#` are passed over.
public struct HashList: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    public let hash: KnownHash
    /// Nil when the list does not say.
    public let quality: Int?
    public let label: String?
    public let source: String?
    /// The list's own name for it.
    public let id: String?
  }

  /// A line that was not understood. It is told rather than skipped: a list of known-bad pictures
  /// with holes would be taken for a whole one.
  public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
    public let line: Int
    public let reason: String

    public var code: String { "hash_list.line" }
    public var description: String {
      "line \(line): \(reason); each line is a hash in hexadecimal digits (64 for PDQ), alone, after "
        + "its kind, or as hash,quality,label,source"
    }
  }

  public let entries: [Entry]

  public init(parsing text: String) throws(Failure) {
    var entries: [Entry] = []
    var columns = Columns()
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let trimmed = Self.trimmed(line)
      if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      if entries.isEmpty, let header = Columns(header: trimmed) {
        columns = header
        continue
      }
      entries.append(try Self.entry(trimmed, columns, line: number))
    }
    self.entries = entries
  }

  /// Which field of a line is what.
  private struct Columns {
    var hash = 0
    var type: Int?
    var quality: Int? = 1
    var label: Int? = 2
    var source: Int? = 3
    var id: Int?

    init() {}

    /// Nil for a line that names no column `hash`.
    init?(header: Substring) {
      let names = header.split(separator: ",", omittingEmptySubsequences: false).map {
        trimmed($0).lowercased()
      }
      func place(_ any: String...) -> Int? { names.firstIndex { any.contains($0) } }
      guard let hash = place("hash", "hash_value", "indicator"), names.count > 1 || hash == 0 else {
        return nil
      }
      self.hash = hash
      type = place("type", "signal_type", "hash_type")
      quality = place("quality")
      label = place("label", "tag", "classification")
      source = place("source")
      id = place("id")
    }
  }

  private static func entry(
    _ text: Substring, _ columns: Columns, line: Int
  ) throws(Failure) -> Entry {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
    func field(_ index: Int?) -> Substring? {
      guard let index, index < fields.count, !fields[index].isEmpty else { return nil }
      return fields[index]
    }
    var value = field(columns.hash) ?? ""
    var kind = field(columns.type)
    let words = value.split(separator: " ", omittingEmptySubsequences: true)
    if words.count == 2 { (kind, value) = (words[0], words[1]) }
    let name = kind.map(String.init) ?? Self.kind(ofDigits: value.utf8.count)
    guard let hash = KnownHash(kind: name, text: String(value)) else {
      throw Failure(
        line: line, reason: kind == nil ? "no PDQ hash" : "no hash of the kind \(name)")
    }
    var quality: Int?
    if let text = field(columns.quality) {
      guard let value = Int(text), (0...100).contains(value) else {
        throw Failure(line: line, reason: "a quality that is no number from 0 to 100")
      }
      quality = value
    }
    return Entry(
      hash: hash, quality: quality, label: field(columns.label).map(String.init),
      source: field(columns.source).map(String.init), id: field(columns.id).map(String.init))
  }

  private static func kind(ofDigits count: Int) -> String {
    switch count {
    case 32: "md5"
    case 40: "sha1"
    default: "pdq"
    }
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    if text.count > 1, text.first == "\"", text.last == "\"" { text = text.dropFirst().dropLast() }
    return text
  }
}
