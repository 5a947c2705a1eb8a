import Bytes

/// What an entry says of the columns that stand beside it, read without building a tree.
struct EntryColumns {
  private var texts: [String: String] = [:]
  private var categories: Set<String> = []
  private var rules: Set<String> = []
  private(set) var commitment: String?

  private static let names: Set<String> = [
    "asset", "decision", "id", "kind", "stage", "subject", "t", "tenant",
  ]

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
        if name == "commit" {
          commitment = try scanner.string()
        } else if name == "rules" {
          try readRules(&scanner)
        } else if Self.names.contains(name) {
          texts[name] = try scanner.string()
        } else {
          try scanner.skip()
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
        case "category":
          let category = try scanner.string()
          if !category.isEmpty { categories.insert(category) }
        case "rule":
          let rule = try scanner.string()
          if !rule.isEmpty { rules.insert(rule) }
        default: try scanner.skip()
        }
      }
    }
  }

  /// Names of the columns that say something else than the entry: they serve lists and searches, and
  /// a changed one would hide it.
  func differences(from entry: LogEntry) -> [String] {
    var names: [String] = []
    func compare(_ name: String, _ column: String) {
      if !(texts[name] ?? "").utf8.elementsEqual(column.utf8) { names.append(name) }
    }
    compare("id", entry.id)
    compare("asset", entry.asset)
    compare("kind", entry.kind)
    compare("stage", entry.stage)
    compare("decision", entry.decision)
    compare("subject", entry.subject)
    compare("tenant", entry.tenant)
    compare("t", RFC3339.text(milliseconds: entry.time))
    if entry.categories.count != categories.count || !categories.isSuperset(of: entry.categories) {
      names.append("categories")
    }
    if entry.rules.count != rules.count || !rules.isSuperset(of: entry.rules) {
      names.append("rules")
    }
    return names
  }
}
