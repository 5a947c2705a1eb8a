import Synchronization

/// Counters, gauges and histograms in Prometheus's text format (version 0.0.4). Labels come from small
/// fixed sets: no id, no name and no path of a caller's becomes one.
final class Metrics: Sendable {
  /// From one millisecond to half an hour: an HTTP answer and a clip's stage in one scale.
  static let bounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
  ]

  private struct Series: Hashable {
    let name: String
    let labels: [String]
  }

  private struct Histogram {
    var counts = [Int](repeating: 0, count: Metrics.bounds.count)
    var count = 0
    var sum = 0.0
  }

  private struct State {
    var counters: [Series: Int] = [:]
    var histograms: [Series: Histogram] = [:]
  }

  private let state = Mutex(State())

  /// - Parameter labels: names and values in turn.
  func count(_ name: String, _ labels: String...) {
    state.withLock { $0.counters[Series(name: name, labels: labels), default: 0] += 1 }
  }

  func observe(_ name: String, seconds: Double, _ labels: String...) {
    state.withLock {
      var histogram = $0.histograms[Series(name: name, labels: labels)] ?? Histogram()
      histogram.count += 1
      histogram.sum += seconds
      for (index, bound) in Metrics.bounds.enumerated() where seconds <= bound {
        histogram.counts[index] += 1
      }
      $0.histograms[Series(name: name, labels: labels)] = histogram
    }
  }

  /// - Parameter gauges: values of this moment, such as jobs by state.
  func text(gauges: [(name: String, labels: [String], value: Double)]) -> String {
    let state = state.withLock { $0 }
    var lines: [String] = []
    var typed: Set<String> = []
    func type(_ name: String, _ kind: String) {
      if typed.insert(name).inserted { lines.append("# TYPE \(name) \(kind)") }
    }
    for gauge in gauges {
      type(gauge.name, "gauge")
      lines.append("\(gauge.name)\(Metrics.braces(gauge.labels)) \(gauge.value)")
    }
    for (series, value) in state.counters.sorted(by: { Metrics.precedes($0.key, $1.key) }) {
      type(series.name, "counter")
      lines.append("\(series.name)\(Metrics.braces(series.labels)) \(value)")
    }
    for (series, histogram) in state.histograms.sorted(by: { Metrics.precedes($0.key, $1.key) }) {
      type(series.name, "histogram")
      for (bound, count) in zip(Metrics.bounds, histogram.counts) {
        let labels = Metrics.braces(series.labels + ["le", "\(bound)"])
        lines.append("\(series.name)_bucket\(labels) \(count)")
      }
      let infinite = Metrics.braces(series.labels + ["le", "+Inf"])
      lines.append("\(series.name)_bucket\(infinite) \(histogram.count)")
      lines.append("\(series.name)_sum\(Metrics.braces(series.labels)) \(histogram.sum)")
      lines.append("\(series.name)_count\(Metrics.braces(series.labels)) \(histogram.count)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func precedes(_ left: Series, _ right: Series) -> Bool {
    (left.name, left.labels.joined(separator: "\0"))
      < (right.name, right.labels.joined(separator: "\0"))
  }

  private static func braces(_ labels: [String]) -> String {
    guard !labels.isEmpty else { return "" }
    let pairs = stride(from: 0, to: labels.count - 1, by: 2).map { index in
      let value = labels[index + 1].replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        .replacing("\n", with: "\\n")
      return "\(labels[index])=\"\(value)\""
    }
    return "{\(pairs.joined(separator: ","))}"
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
