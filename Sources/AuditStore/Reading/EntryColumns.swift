import Bytes

/// What an entry says of the columns that stand beside it, read without building a tree.
struct EntryColumns {
  private var id = ""
  private var asset = ""
  private var kind = ""
  private var stage = ""
  private var decision = ""
  private var subject = ""
  private var tenant = ""
  private var timestamp = ""
  /// Each once; an entry names few.
  private var categories: [String] = []
  private var rules: [String] = []
  private(set) var commitment: String?

  /// Nil when the bytes are no canonical JSON object.
  init?(_ bytes: [UInt8]) {
    var scanner = CanonicalScanner(bytes)
    var last = ""
    do throws(CanonicalScanner.Malformed) {
      try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
        // Our names are ASCII, where the order of UTF-16 units is that of bytes.
        guard last.isEmpty || last.utf8.lexicographicallyPrecedes(name.utf8) else {
          throw CanonicalScanner.Malformed()
        }
        last = name
        switch name {
        case "asset": asset = try scanner.string()
        case "commit": commitment = try scanner.string()
        case "decision": decision = try scanner.string()
        case "id": id = try scanner.string()
        case "kind": kind = try scanner.string()
        case "rules": try readRules(&scanner)
        case "stage": stage = try scanner.string()
        case "subject": subject = try scanner.string()
        case "t": timestamp = try scanner.string()
        case "tenant": tenant = try scanner.string()
        default: try scanner.skip()
        }
      }
    } catch {
      return nil
    }
    guard scanner.isAtEnd else { return nil }
  }

  private mutating func readRules(
    _ scanner: inout CanonicalScanner
  ) throws(CanonicalScanner.Malformed) {
    try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
      try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
        switch name {
        case "category": Self.add(try scanner.string(), to: &categories)
        case "rule": Self.add(try scanner.string(), to: &rules)
        default: try scanner.skip()
        }
      }
    }
  }

  private static func add(_ word: String, to words: inout [String]) {
    if !word.isEmpty, !words.contains(word) { words.append(word) }
  }

  /// Names of the columns that say something else than the entry: they serve lists and searches, and
  /// a changed one would hide it.
  func differences(from entry: LogEntry) -> [String] {
    var names: [String] = []
    // Swift's == takes canonically equivalent texts for the same; a changed byte is a change.
    func compare(_ name: String, _ said: String, _ column: String) {
      if said.utf8.count != column.utf8.count || !said.utf8.elementsEqual(column.utf8) {
        names.append(name)
      }
    }
    compare("id", id, entry.id)
    compare("asset", asset, entry.asset)
    compare("kind", kind, entry.kind)
    compare("stage", stage, entry.stage)
    compare("decision", decision, entry.decision)
    compare("subject", subject, entry.subject)
    compare("tenant", tenant, entry.tenant)
    compare("t", timestamp, RFC3339.text(milliseconds: entry.time))
    if entry.categories != categories.sorted() { names.append("categories") }
    if entry.rules != rules.sorted() { names.append("rules") }
    return names
  }
}
