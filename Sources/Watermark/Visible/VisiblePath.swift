import Glibc

/// Where the visible mark stands at any time of a clip: a keyed walk over a jittered 3 x 3 grid
/// that a verifier recomputes from the same 32 bytes, in constant time for any `t`.
///
/// **Time.** Dwell `k` lasts from `boundary(k)` to `boundary(k + 1)`:
/// `boundary(0) = 0`, `boundary(k) = 0.75 + 2.5 k + 0.25 j(k)`, `j(k)` = signed(stream 1, index k).
/// So the first dwell lasts 3.0 to 3.5 s and every other one 2.0 to 3.0 s.
///
/// **Order.** Cells are numbered row by row from the top left, 0 to 8. Dwells come in cycles of
/// nine; cycle `c` follows the list `orders[choice(stream 2, index c)]` (see ``orders``), which
/// starts in the centre and never steps to a neighbour or to a cell on the same edge.
///
/// **Place.** The anchor of dwell `k` is the cell's middle (0.18, 0.50 or 0.82 of each side) plus
/// jitter: ±0.06 in the outer columns and rows, ±0.04 in the middle ones, by signed(stream 3 for x,
/// 4 for y, index k). Around it the mark drifts at 2 % of the frame's width per second in a
/// direction of 2π · unit(stream 5, index k), passing the anchor at the middle of the dwell. The
/// result is clamped to 0.12…0.88 of each side.
///
/// **Jump.** Within ±150 ms of a boundary both places are shown, the old one weighted by
/// cos(θ), the new one by sin(θ), θ from 0 to π/2: at no instant is either less than the mark
/// needs to be seen, and nothing flashes.
///
/// Why this shape: any 4 s hold a jump; any one edge holds at most one of two consecutive dwells
/// and at most one of the first three after the centre, so a crop of 20 % of any edge leaves the
/// mark in view at least half of the time in any clip of 4 s or more.
public struct VisiblePath: Equatable, Sendable {
  /// Where the mark's centre is, as fractions of the frame's sides, and how strongly it shows.
  public struct Placement: Equatable, Sendable {
    /// Counts from 0; the same number means the same anchor.
    public let dwell: Int
    public let x: Double
    public let y: Double
    /// 0 to 1, of the opacity that the background asks for; 1 outside a jump.
    public let weight: Double
  }

  public static let fadeSeconds = 0.3
  /// Of the frame's width, per second.
  public static let driftPerSecond = 0.02
  static let bounds = 0.12...0.88
  static let period = 2.5
  static let lead = 0.75
  static let boundaryJitter = 0.25

  private let sequence: KeyedSequence

  /// Nil unless the seed has exactly 32 bytes.
  public init?(seed: [UInt8]) {
    guard let sequence = KeyedSequence(seed: seed) else { return nil }
    self.sequence = sequence
  }

  /// One placement, or two within a jump; the strongest first. Times below 0 count as 0.
  public func placements(at time: Double, width: Int, height: Int) -> [Placement] {
    let time = max(0, time)
    let dwell = dwell(at: time)
    let half = Self.fadeSeconds / 2
    let aspect = Double(max(width, 1)) / Double(max(height, 1))
    func place(_ dwell: Int, _ weight: Double) -> Placement {
      let (x, y) = centre(of: dwell, at: time, aspect: aspect)
      return Placement(dwell: dwell, x: x, y: y, weight: weight)
    }
    // θ runs from 0 at 150 ms before the boundary to π/2 at 150 ms after it.
    let start = boundary(dwell)
    if dwell > 0, time < start + half {
      let angle = (time - start + half) / Self.fadeSeconds * .pi / 2
      return [place(dwell, sin(angle)), place(dwell - 1, cos(angle))]
    }
    let end = boundary(dwell + 1)
    if time > end - half {
      let angle = (time - end + half) / Self.fadeSeconds * .pi / 2
      return [place(dwell, cos(angle)), place(dwell + 1, sin(angle))]
    }
    return [place(dwell, 1)]
  }

  /// The number of the dwell that holds `time`.
  public func dwell(at time: Double) -> Int {
    let guess = max(0, Int((time - Self.lead) / Self.period))
    if guess > 0, time < boundary(guess) { return guess - 1 }
    return time < boundary(guess + 1) ? guess : guess + 1
  }

  /// The cell of a dwell: 0 to 8, row by row from the top left; 4 is the centre.
  public func cell(of dwell: Int) -> Int {
    let (cycle, step) = dwell.quotientAndRemainder(dividingBy: 9)
    let order = sequence.choice(stream: 2, index: UInt64(cycle), of: Self.orders.count)
    return Self.orders[order][step]
  }

  /// The second at which a dwell begins.
  public func boundary(_ dwell: Int) -> Double {
    guard dwell > 0 else { return 0 }
    return Self.lead + Self.period * Double(dwell)
      + Self.boundaryJitter * sequence.signed(stream: 1, index: UInt64(dwell))
  }

  private func centre(
    of dwell: Int, at time: Double, aspect: Double
  ) -> (x: Double, y: Double) {
    let cell = cell(of: dwell)
    let index = UInt64(dwell)
    func anchor(_ position: Int, stream: UInt64) -> Double {
      let jitter = position == 1 ? 0.04 : 0.06
      return 0.18 + 0.32 * Double(position) + jitter * sequence.signed(stream: stream, index: index)
    }
    let direction = 2 * Double.pi * sequence.unit(stream: 5, index: index)
    let travel = Self.driftPerSecond * (time - (boundary(dwell) + boundary(dwell + 1)) / 2)
    func clamp(_ value: Double) -> Double {
      min(max(value, Self.bounds.lowerBound), Self.bounds.upperBound)
    }
    return (
      clamp(anchor(cell % 3, stream: 3) + travel * cos(direction)),
      clamp(anchor(cell / 3, stream: 4) + travel * aspect * sin(direction))
    )
  }

  /// Every order of the nine cells, in lexicographic order, that starts in the centre, in which
  /// consecutive cells (the last and the first too) are never edge to edge, consecutive cells
  /// never lie on the same outer edge, and neither do the second and the fourth.
  static let orders: [[Int]] = {
    func isNeighbour(_ a: Int, _ b: Int) -> Bool {
      abs(a / 3 - b / 3) + abs(a % 3 - b % 3) == 1
    }
    func shareEdge(_ a: Int, _ b: Int) -> Bool {
      (a / 3 == b / 3 && a / 3 != 1) || (a % 3 == b % 3 && a % 3 != 1)
    }
    var found: [[Int]] = []
    func extend(_ order: [Int]) {
      if order.count == 9 {
        if !isNeighbour(order[8], order[0]) { found.append(order) }
        return
      }
      for cell in 0..<9 where !order.contains(cell) {
        let last = order[order.count - 1]
        if isNeighbour(last, cell) || shareEdge(last, cell) { continue }
        if order.count == 3, shareEdge(order[1], cell) { continue }
        extend(order + [cell])
      }
    }
    extend([4])
    return found
  }()
}
