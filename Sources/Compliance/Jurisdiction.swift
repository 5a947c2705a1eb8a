/// Where a rule holds.
public enum Jurisdiction: String, CaseIterable, Sendable {
  case eu, ca, cn, `in`, kr, ny

  /// Its name and the text that its rules are from.
  public var name: String {
    switch self {
    case .eu: "European Union: AI Act, article 50, and its Code of Practice"
    case .ca: "California: AI Transparency Act (Business and Professions Code 22757)"
    case .cn: "China: Measures for Labelling AI-Generated Content, and GB 45438-2025"
    case .in: "India: IT Rules as amended by G.S.R. 120(E)"
    case .kr: "Republic of Korea: AI Basic Act, article 31"
    case .ny: "New York: General Business Law 396-b"
    }
  }
}
