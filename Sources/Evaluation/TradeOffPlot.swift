/// Draws curves as SVG that any browser shows: no script, no font, no network.
public enum TradeOffPlot {
  /// A policy's own place among the curves.
  public struct Mark: Equatable, Sendable {
    public let name: String
    public let stopped: Double
    public let passed: Double

    public init(name: String, stopped: Double, passed: Double) {
      self.name = name
      self.stopped = stopped
      self.passed = passed
    }
  }

  /// Colours that stay apart for colour-blind readers (Okabe and Ito, 2008).
  static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8a6d3b",
    "#7b3294", "#4d9221", "#b2182b", "#2166ac", "#636363", "#01665e",
  ]

  private static let width = 760.0
  private static let height = 480.0
  private static let left = 64.0
  private static let top = 48.0
  private static let right = 216.0
  private static let bottom = 56.0

  /// - Parameter least: where the axis of benign rows begins; what lies before it is nothing an
  ///   operator would choose.
  public static func svg(
    title: String, curves: [TradeOff], marks: [Mark] = [], least: Double = 0.7
  ) -> String {
    let frame = (
      x: left, y: top, width: width - left - right, height: height - top - bottom
    )
    func x(_ passed: Double) -> Double {
      frame.x + (min(max(passed, least), 1) - least) / (1 - least) * frame.width
    }
    func y(_ stopped: Double) -> Double { frame.y + (1 - stopped) * frame.height }
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(short(width)) \(short(height))" \
      width="\(short(width))" height="\(short(height))" role="img" font-family="sans-serif" \
      font-size="12">
      <title>\(escaped(title))</title>
      <rect width="100%" height="100%" fill="#fff"/>
      <text x="\(short(left))" y="26" font-size="15" font-weight="bold">\(escaped(title))</text>
      """
    ]
    for step in 0...5 {
      let share = Double(step) / 5
      let value = least + (1 - least) * share
      parts.append(
        line(from: (frame.x, y(share)), to: (frame.x + frame.width, y(share)), "#ddd")
          + text(
            "\(Int((share * 100).rounded())) %", at: (frame.x - 8, y(share) + 4), anchor: "end"))
      parts.append(
        line(from: (x(value), frame.y), to: (x(value), frame.y + frame.height), "#ddd")
          + text(
            "\(short((value * 1000).rounded() / 10)) %",
            at: (x(value), frame.y + frame.height + 18),
            anchor: "middle"))
    }
    parts.append(
      text(
        "benign rows let through", at: (frame.x + frame.width / 2, height - 14), anchor: "middle"))
    let middle = frame.y + frame.height / 2
    parts.append(
      "<text x=\"18\" y=\"\(short(middle))\" text-anchor=\"middle\" "
        + "transform=\"rotate(-90 18 \(short(middle)))\">unsafe rows stopped</text>")
    for (index, curve) in curves.enumerated() {
      let colour = colours[index % colours.count]
      let visible = curve.points.filter { $0.passed >= least }
      let path = thinned(visible).map { "\(short(x($0.passed))),\(short(y($0.stopped)))" }
      parts.append(
        "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.8\" points=\""
          + path.joined(separator: " ") + "\"/>")
      let place = (x: frame.x + frame.width + 16, y: frame.y + 8 + Double(index) * 18)
      parts.append(line(from: (place.x, place.y), to: (place.x + 18, place.y), colour, width: 3))
      parts.append(
        text(
          "\(curve.name) (\(curve.unsafeCount))", at: (place.x + 24, place.y + 4), anchor: "start"))
    }
    for (index, mark) in marks.enumerated() {
      let place = (x: x(mark.passed), y: y(mark.stopped))
      parts.append(
        "<circle cx=\"\(short(place.x))\" cy=\"\(short(place.y))\" r=\"5\" fill=\""
          + (index == 0 ? "#000" : "#fff") + "\" stroke=\"#000\" stroke-width=\"2\"/>")
      let label =
        "\(mark.name): \(ScorecardText.hundredths(mark.stopped * 100)) % stopped, "
        + "\(ScorecardText.hundredths(mark.passed * 100)) % through"
      parts.append(
        text(
          label, at: (frame.x + 10, frame.y + frame.height - 12 - Double(index) * 16),
          anchor: "start"))
    }
    parts.append("</svg>\n")
    return parts.joined(separator: "\n")
  }

  /// As many points as pixels are enough.
  private static func thinned(_ points: [TradeOff.Point]) -> [TradeOff.Point] {
    var kept: [TradeOff.Point] = []
    for point in points {
      if let last = kept.last, abs(last.passed - point.passed) < 0.0005,
        abs(last.stopped - point.stopped) < 0.0015
      {
        continue
      }
      kept.append(point)
    }
    if let last = points.last, kept.last != last { kept.append(last) }
    return kept
  }

  private static func line(
    from start: (Double, Double), to end: (Double, Double), _ colour: String, width: Double = 1
  ) -> String {
    "<line x1=\"\(short(start.0))\" y1=\"\(short(start.1))\" x2=\"\(short(end.0))\" "
      + "y2=\"\(short(end.1))\" stroke=\"\(colour)\" stroke-width=\"\(short(width))\"/>"
  }

  private static func text(
    _ content: String, at place: (Double, Double), anchor: String
  ) -> String {
    "<text x=\"\(short(place.0))\" y=\"\(short(place.1))\" text-anchor=\"\(anchor)\">"
      + "\(escaped(content))</text>"
  }

  private static func short(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
