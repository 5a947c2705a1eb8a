/// Statistics as one picture: decisions a day, and what the categories came to. SVG without
/// scripts, fonts or links: it opens anywhere.
public enum StatisticsPlot {
  private static let width = 960
  private static let margin = 60
  private static let plotHeight = 240
  private static let rowHeight = 22
  /// More days are summed up, so that a bar stays visible.
  private static let barLimit = 120
  private static let categoryLimit = 24
  private static let outcomes = ["allow", "flag", "review", "block"]
  private static let colours = [
    "allow": "#4c956c", "flag": "#f2c14e", "review": "#e07a1f", "block": "#b3261e",
  ]

  public static func svg(_ statistics: LogStatistics) -> String {
    let categories = statistics.categories
      .map { (name: $0.key, counts: $0.value, sum: sum($0.value)) }
      .sorted { ($1.sum, $0.name) < ($0.sum, $1.name) }
      .prefix(categoryLimit)
    let lower = margin + plotHeight + 70
    let height = lower + categories.count * rowHeight + 60
    var out = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
      font-family="sans-serif" font-size="12">
      <rect width="\(width)" height="\(height)" fill="#ffffff"/>
      <text x="\(margin)" y="24" font-size="16">Decisions a day</text>

      """
    out += legend()
    out += days(statistics)
    out += "<text x=\"\(margin)\" y=\"\(lower - 14)\" font-size=\"16\">Categories</text>\n"
    let most = max(categories.map(\.sum).max() ?? 1, 1)
    for (row, category) in categories.enumerated() {
      let y = lower + row * rowHeight
      out += text(category.name, x: margin + 170, y: y + 15, anchor: "end")
      var x = Double(margin + 180)
      for outcome in outcomes {
        let length = Double(category.counts[outcome] ?? 0) / Double(most) * Double(width - 360)
        out += bar(x: x, y: Double(y), width: length, height: Double(rowHeight - 6), outcome)
        x += length
      }
      out += text("\(category.sum)", x: Int(x) + 8, y: y + 15, anchor: "start")
    }
    return out + "</svg>\n"
  }

  private static func days(_ statistics: LogStatistics) -> String {
    let sorted = statistics.days.sorted { $0.key < $1.key }
    guard let first = sorted.first, let last = sorted.last else {
      return text("no decisions", x: margin, y: margin + 20, anchor: "start")
    }
    let group = (sorted.count + barLimit - 1) / barLimit
    let bars = stride(from: 0, to: sorted.count, by: group).map { start in
      sorted[start..<min(start + group, sorted.count)].reduce(into: [:] as [String: Int]) {
        sums, day in
        sums.merge(day.value) { $0 + $1 }
      }
    }
    let most = max(bars.map(sum).max() ?? 1, 1)
    let step = Double(width - 2 * margin) / Double(bars.count)
    let base = Double(margin + plotHeight)
    var out = ""
    for (place, counts) in bars.enumerated() {
      var y = base
      for outcome in outcomes {
        let height = Double(counts[outcome] ?? 0) / Double(most) * Double(plotHeight)
        y -= height
        out += bar(
          x: Double(margin) + Double(place) * step, y: y, width: max(step - 1, 1), height: height,
          outcome)
      }
    }
    out += """
      <path d="M\(margin) \(margin)V\(margin + plotHeight)H\(width - margin)" fill="none" stroke="#333333"/>

      """
    out += text("\(most)", x: margin - 6, y: margin + 10, anchor: "end")
    out += text("0", x: margin - 6, y: margin + plotHeight, anchor: "end")
    out += text(first.key, x: margin, y: margin + plotHeight + 18, anchor: "start")
    out += text(last.key, x: width - margin, y: margin + plotHeight + 18, anchor: "end")
    if group > 1 {
      out += text(
        "\(group) days a bar", x: width / 2, y: margin + plotHeight + 18, anchor: "middle")
    }
    return out
  }

  private static func legend() -> String {
    outcomes.enumerated().map { place, outcome in
      let x = width - margin - 320 + place * 80
      return bar(x: Double(x), y: 14, width: 12, height: 12, outcome)
        + text(outcome, x: x + 18, y: 24, anchor: "start")
    }.joined()
  }

  private static func sum(_ counts: [String: Int]) -> Int { counts.values.reduce(0, +) }

  private static func bar(
    x: Double, y: Double, width: Double, height: Double, _ outcome: String
  ) -> String {
    guard width > 0, height > 0 else { return "" }
    func short(_ value: Double) -> String { String((value * 100).rounded() / 100) }
    return """
      <rect x="\(short(x))" y="\(short(y))" width="\(short(width))" height="\(short(height))" \
      fill="\(colours[outcome] ?? "#888888")"/>

      """
  }

  private static func text(_ text: String, x: Int, y: Int, anchor: String) -> String {
    "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(escaped(text))</text>\n"
  }

  /// Category names come from policy files: nothing in them may become markup.
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
