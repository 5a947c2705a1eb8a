import C2PA
import Mustache
import Provenance
import Watermark

/// What the verify page says of a file, in the order in which it is read. Every text of the file's is
/// neutralised here and escaped by the template.
struct VerifyPage: Sendable {
  /// What the file is asked about with.
  struct Form: Sendable {
    let takesAddresses: Bool
    let limit: String
    /// Why the last request could not be answered.
    let problem: String?
  }

  struct Picture: Sendable {
    let caption: String
    /// A `data:` address of ours.
    let source: String
  }

  struct Row: Sendable {
    let name: String
    let text: String
  }

  /// A manifest, with those of what it was made from.
  struct Node: Sendable {
    let title: String
    let notes: [String]
    let steps: [String]
    let children: [Node]
    let hasSteps: Bool
    let hasChildren: Bool
  }

  struct Check: Sendable {
    let word: String
    let tone: String
    let code: String
    let text: String
  }

  struct Result: Sendable {
    let tone: String
    let symbol: String
    let headline: String
    let sentence: String
    let pictures: [Picture]
    let hasPictures: Bool
    let facts: [Row]
    let hasFacts: Bool
    let marks: [Row]
    let historyTitle: String
    let history: [Node]
    let hasHistory: Bool
    let checks: [Check]
    let hasChecks: Bool
    let problems: [String]
    let hasProblems: Bool
  }

  let form: Form
  let result: Result?
  let hasResult: Bool

  init(form: Form, result: Result? = nil) {
    self.form = form
    self.result = result
    hasResult = result != nil
  }

  var html: String { Self.library.render(self, withTemplate: "page") ?? "" }

  private static let library: MustacheLibrary = {
    MustacheContentTypes.register(ScalarEscaping(), named: ScalarEscaping.name)
    do {
      return MustacheLibrary(templates: [
        "page": try MustacheTemplate(string: VerifyTemplates.page),
        "node": try MustacheTemplate(string: VerifyTemplates.node),
      ])
    } catch {
      preconditionFailure("a template of the verify page is not one: \(error)")
    }
  }()
}

/// HTML escaping by Unicode scalars. Escaping by characters, the library's own way, lets a quotation
/// mark through that carries a combining accent: to Swift that is another character, to a browser it
/// is still the end of an attribute.
struct ScalarEscaping: MustacheContentType {
  static let name = "ASSAY-HTML"

  func escapeText(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension VerifyPage.Result {
  private static let listLimit = 60

  init(_ examination: Examination, pictures: [VerifyPage.Picture]) {
    let shown = Self.shownReport(examination)
    tone = Self.tone(examination)
    symbol = Self.symbols[tone] ?? "?"
    headline = examination.headline
    sentence = DisplayText.neutralised(examination.sentence)
    self.pictures = pictures
    hasPictures = !pictures.isEmpty
    facts = Self.facts(examination, shown)
    hasFacts = !facts.isEmpty
    marks = Self.marks(examination)
    historyTitle = shown?.isRecovered == true ? "Recovered history" : "History"
    history = shown.flatMap { Self.history($0) }.map { [$0] } ?? []
    hasHistory = !history.isEmpty
    checks = (shown.map { $0.findings + $0.ingredientFindings } ?? []).prefix(Self.listLimit).map {
      VerifyPage.Check($0)
    }
    hasChecks = !checks.isEmpty
    problems = examination.problems.map(DisplayText.neutralised)
    hasProblems = !problems.isEmpty
  }

  /// Credentials that are worth showing: the file's own, else those that were found again and are not
  /// another file's.
  private static func shownReport(_ examination: Examination) -> VerificationReport? {
    switch examination.conclusion {
    case .recovered, .unconfirmed, .heard: examination.recovery?.report
    case .contentConflict: examination.report.active == nil ? nil : examination.report
    default: examination.report.active == nil ? nil : examination.report
    }
  }

  private static func tone(_ examination: Examination) -> String {
    switch examination.conclusion {
    case .credentials: examination.report.state == .trusted ? "good" : "caution"
    case .recovered: examination.recovery?.report.state == .trusted ? "good" : "caution"
    case .unconfirmed, .heard, .unresolved, .markPresent: "caution"
    case .contentConflict, .credentialsConflict, .invalidCredentials: "bad"
    case .nothing: "neutral"
    }
  }

  private static let symbols = ["good": "✓", "caution": "!", "bad": "✕", "neutral": "–"]

  private static func facts(
    _ examination: Examination, _ report: VerificationReport?
  ) -> [VerifyPage.Row] {
    guard let report, let manifest = report.active else { return [] }
    func safe(_ text: String) -> String { DisplayText.neutralised(text) }
    var rows: [VerifyPage.Row] = []
    if let title = manifest.title { rows.append(.init(name: "Title", text: safe(title))) }
    if let signer = manifest.signer {
      let trust =
        signer.trustSource == nil ? "nobody here vouches for this signer" : "trusted here"
      rows.append(.init(name: "Signed by", text: "\(safe(signer.name)) — \(trust)"))
      rows.append(
        .init(
          name: "Signed at",
          text: signer.timeStamp.map(InstantText.format) ?? "not proven by a time stamp"))
    }
    let made = manifest.actions.first
    if let agent = made?.softwareAgent {
      rows.append(.init(name: "Made with", text: safe(agent.text)))
    }
    if let origin = TextReport.origin(of: manifest) {
      rows.append(.init(name: "How", text: safe(origin)))
    }
    if let when = made?.when {
      rows.append(.init(name: "Made at", text: "\(safe(when)), as the credentials say"))
    }
    if case .same(let seconds) = examination.recovery?.agreement, seconds >= 1,
      report.isRecovered
    {
      rows.append(.init(name: "Begins at", text: "second \(Int(seconds)) of the original"))
    }
    return rows
  }

  private static func marks(_ examination: Examination) -> [VerifyPage.Row] {
    let own =
      switch examination.report.state {
      case .trusted: "in the file and intact, from a signer trusted here"
      case .valid: "in the file and intact, from a signer nobody here vouches for"
      case .invalid: "in the file, but they do not hold"
      case .noManifest: "not in the file"
      }
    func words(_ verdict: WatermarkFinding.Verdict?) -> String {
      switch verdict {
      case .readable: "found and read"
      case .present: "found, too damaged to be read"
      case .some(.none): "none that was made here"
      case nil: "not looked for"
      }
    }
    var rows: [VerifyPage.Row] = [
      .init(name: "Content Credentials", text: own),
      .init(name: "Invisible mark", text: words(examination.mark?.verdict)),
    ]
    if let sound = examination.soundMark {
      rows.append(.init(name: "Mark in the sound", text: words(sound.verdict)))
    }
    if let disclosure = examination.disclosure {
      rows.append(
        .init(
          name: "Audible disclosure",
          text: "tones that say \"AI\" in Morse code, at second \(disclosure.start)"))
    }
    if let recovery = examination.recovery {
      let record =
        switch (recovery.agreement, recovery.basis) {
        case (.same, .sound): "yes, and this is its sound"
        case (.same, _): "yes, and these are its pictures"
        case (.different, _): "yes, but its pictures are others"
        case (.unknown, .sound): "yes, by a sound that both have"
        case (.unknown, _): "yes; the pictures could not be compared"
        }
      rows.append(.init(name: "Output on record", text: record))
    }
    return rows
  }

  private static func history(_ report: VerificationReport) -> VerifyPage.Node? {
    guard let active = report.active else { return nil }
    var visited: Set<String> = [active.label]
    return node(active, as: nil, in: report, depth: 0, &visited)
  }

  private static func node(
    _ manifest: ManifestReport, as title: String?, in report: VerificationReport, depth: Int,
    _ visited: inout Set<String>
  ) -> VerifyPage.Node {
    func safe(_ text: String) -> String { DisplayText.neutralised(text) }
    var children: [VerifyPage.Node] = []
    for ingredient in manifest.ingredients.prefix(listLimit) {
      let name = safe(ingredient.title ?? "untitled")
      if let child = report.manifests.first(where: { $0.label == ingredient.manifest }), depth < 8,
        visited.insert(child.label).inserted
      {
        children.append(node(child, as: name, in: report, depth: depth + 1, &visited))
      } else {
        children.append(
          VerifyPage.Node(
            title: name,
            notes: [
              ingredient.manifest == nil
                ? "without Content Credentials" : "its Content Credentials are not here again"
            ], steps: [], children: [], hasSteps: false, hasChildren: false))
      }
    }
    let generators = manifest.generators.map { safe($0.text) }.joined(separator: ", ")
    let steps = manifest.actions.prefix(listLimit).map { action in
      [
        safe(action.name), action.explanation.map(safe),
        action.softwareAgent.map { "by \(safe($0.text))" },
        action.when.map(safe),
      ].compactMap(\.self).joined(separator: " · ")
    }
    return VerifyPage.Node(
      title: title ?? safe(manifest.title ?? "This output"),
      notes: [
        manifest.signer.map { "signed by \(safe($0.name))" } ?? "signer unknown",
        generators.isEmpty ? nil : "with \(generators)", safe(manifest.label),
      ].compactMap(\.self), steps: Array(steps), children: children, hasSteps: !steps.isEmpty,
      hasChildren: !children.isEmpty)
  }
}

extension VerifyPage.Check {
  init(_ finding: Finding) {
    switch finding.kind {
    case .success: (word, tone) = ("passed", "good")
    case .informational: (word, tone) = ("noted", "neutral")
    case .failure: (word, tone) = ("failed", "bad")
    }
    code = finding.code.rawValue
    text = DisplayText.neutralised(finding.explanation)
  }
}
