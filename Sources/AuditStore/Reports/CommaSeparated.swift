import MerkleLog

/// Comma-separated values (RFC 4180) that a spreadsheet shows and never runs.
public enum CommaSeparated {
  /// One record with its line end. Every field is quoted; one that a spreadsheet would take for a
  /// formula gets an apostrophe in front, which spreadsheets hide.
  public static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\r\n"
  }

  private static func field(_ text: String) -> String {
    // OWASP, "CSV injection": = + - @ and the white space that is stripped before they are looked
    // for; full-width forms are folded by some programs.
    let isFormula = text.unicodeScalars.first.map { "=+-@\t\r\n|＝＋－＠".unicodeScalars.contains($0) }
    let safe = isFormula == true ? "'\(text)" : text
    return "\"\(harmless(safe).replacing("\"", with: "\"\""))\""
  }

  /// Control characters would end a record early for some readers, or reach a terminal.
  private static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      return text
    }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }))
  }
}

extension CommaSeparated {
  /// The head of a list of leaves.
  public static let leafHead = line([
    "index", "time", "kind", "stage", "decision", "asset", "id", "tenant", "subject", "categories",
    "rules", "highest_score", "reviewer", "leaf_hash",
  ])

  /// One leaf. Scores are millionths; rules and categories are separated by spaces.
  public static func line(_ entry: LogEntry) -> String {
    let facts = LeafFacts(leaf: entry.bytes) ?? LeafFacts()
    return line([
      String(entry.index), entry.timestamp, entry.kind, entry.stage, entry.decision, entry.asset,
      entry.id, facts.tenant, facts.subject,
      LogFacet.category.values(of: facts).sorted().joined(separator: " "),
      facts.rules.map(\.rule).joined(separator: " "),
      facts.rules.compactMap(\.score).max().map(String.init) ?? "", facts.reviewer ?? "",
      entry.leafHash.description,
    ])
  }
}
