/// One page about one evaluation: the table, the curves, and the bounds to choose from.
public struct EvaluationReport: Sendable {
  /// One policy's part.
  public struct Part: Sendable {
    public let name: String
    public let card: Scorecard
    public let predictions: [String: Prediction]

    public init(name: String, card: Scorecard, predictions: [String: Prediction]) {
      self.name = name
      self.card = card
      self.predictions = predictions
    }
  }

  /// Shares of benign rows to read bounds off for.
  static let shares = [0.99, 0.98, 0.97, 0.95]

  public let files: [(name: String, content: String)]

  /// - Parameter parts: one policy, or two to compare; of the same rows.
  public init(rows: [LabelledRow], parts: [Part]) {
    let scored = parts.first?.predictions ?? [:]
    let curves = TradeOff.curves(rows: rows, predictions: scored)
    let marks = parts.map {
      TradeOffPlot.Mark(
        name: $0.name, stopped: $0.card.core.stopped.value, passed: $0.card.core.passed.value)
    }
    let overall = TradeOffPlot.svg(
      title: "One bound for all: the highest score", curves: Array(curves.prefix(1)), marks: marks)
    let categories = TradeOffPlot.svg(
      title: "A bound for each category", curves: Array(curves.dropFirst()), least: 0.9)
    let byModality = Set(rows.map(\.modality)).sorted().map { modality in
      let some = rows.filter { $0.modality == modality }
      let all = TradeOff.curves(rows: some, predictions: scored)
      return (modality, all)
    }
    let modalities = TradeOffPlot.svg(
      title: "The highest score, by what the text is",
      curves: byModality.compactMap { modality, curves in
        guard let whole = curves.first, !whole.points.isEmpty else { return nil }
        return whole.renamed(modality)
      }, least: 0.8)
    var page = """
      <!doctype html>
      <html lang="en"><meta charset="utf-8"><title>Assay evaluation</title>
      <style>body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}
      pre{background:#f6f6f6;padding:1em;overflow:auto;font-size:12px}
      table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:right}
      td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}</style>
      <h1>Assay evaluation</h1>
      <p>Unsafe rows stopped and benign rows let through, with Wilson's 95&nbsp;% intervals. The
      figures hold for rows like these: of one source, in one language, labelled by one standard. A
      bound that was chosen on rows looks better on the same rows than it will elsewhere.</p>

      """
    page += "<h2>Figures</h2>\n<pre>"
    page += TradeOffPlot.escaped(
      ScorecardText.table(
        parts[0].card, against: parts.count > 1 ? parts[1].card : nil, names: parts.map(\.name)))
    page += "</pre>\n<h2>What one bound would do</h2>\n"
    page += "<p>The dots are where the policies stand: they have many bounds and word lists.</p>\n"
    page += overall + modalities + categories
    page += "<h2>Bounds to choose from</h2>\n"
    page +=
      "<p>The lowest bound on each score that lets so many of the benign rows pass, and how many "
      + "of the category's unsafe rows it stops by itself.</p>\n"
    for (modality, curves) in byModality { page += Self.table(modality, curves) }
    page += "</html>\n"
    files = [
      ("report.html", page), ("overall.svg", overall), ("modalities.svg", modalities),
      ("categories.svg", categories),
    ]
  }

  private static func table(_ modality: String, _ curves: [TradeOff]) -> String {
    guard curves.contains(where: { !$0.points.isEmpty }) else { return "" }
    var html = "<h3>\(TradeOffPlot.escaped(modality))</h3>\n<table><tr><th>score</th>"
    html += shares.map { "<th>\(Int(($0 * 100).rounded())) % pass</th>" }.joined()
    html += "<th>unsafe</th><th>benign</th></tr>\n"
    for curve in curves where !curve.points.isEmpty {
      html += "<tr><td>\(TradeOffPlot.escaped(curve.name))</td>"
      for share in shares {
        if let point = curve.point(passingAtLeast: share), point.bound <= 1 {
          html +=
            "<td>≥ \(ScorecardText.thousandths(point.bound)): "
            + "\(ScorecardText.hundredths(point.stopped * 100)) %</td>"
        } else {
          html += "<td>-</td>"
        }
      }
      html += "<td>\(curve.unsafeCount)</td><td>\(curve.benignCount)</td></tr>\n"
    }
    return html + "</table>\n"
  }
}

extension TradeOff {
  fileprivate func renamed(_ name: String) -> TradeOff {
    TradeOff(name: name, unsafeCount: unsafeCount, benignCount: benignCount, points: points)
  }

  private init(name: String, unsafeCount: Int, benignCount: Int, points: [Point]) {
    self.name = name
    self.unsafeCount = unsafeCount
    self.benignCount = benignCount
    self.points = points
  }
}
