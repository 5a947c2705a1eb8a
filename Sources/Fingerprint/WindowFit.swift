/// Moves a window over a known frame until what it shows is as near as it gets to a picture, in least
/// squares: Gauss and Newton's steps in the window's place and size, with brightness and contrast free
/// (Lucas and Kanade, "An Iterative Image Registration Technique", 1981).
///
/// Some ten steps over a thousand samples take a third of a millisecond, where trying windows one by one
/// takes fifty times as long.
struct WindowFit {
  /// Of the known frame, at one resolution: brightness and its slopes, per sample.
  private struct Level {
    let side: Int
    let values: [Float]
    let slopesX: [Float]
    let slopesY: [Float]

    init(_ values: [Float], side: Int) {
      self.side = side
      self.values = values
      var slopesX = [Float](repeating: 0, count: values.count)
      var slopesY = slopesX
      for y in 0..<side {
        for x in 0..<side {
          let (left, right) = (max(x - 1, 0), min(x + 1, side - 1))
          let (above, below) = (max(y - 1, 0), min(y + 1, side - 1))
          slopesX[y * side + x] =
            (values[y * side + right] - values[y * side + left]) / Float(right - left)
          slopesY[y * side + x] =
            (values[below * side + x] - values[above * side + x]) / Float(below - above)
        }
      }
      self.slopesX = slopesX
      self.slopesY = slopesY
    }
  }

  /// Samples of the picture on each side that are compared.
  private static let grid = 32
  private static let steps = 5
  /// A window that moves farther than this, in fractions of the frame, has lost what it was set on.
  private static let reach = 0.08
  /// Fewer common samples than this say nothing.
  private static let leastSamples = 160

  private let coarse: Level
  private let fine: Level

  init(known: FrameSketch) {
    let side = FrameSketch.side
    fine = Level(known.bytes.map(Float.init), side: side)
    coarse = Level(Self.halved(fine.values), side: side / 2)
  }

  /// The window near `guess` that shows the picture best; nil where it does not settle.
  func window(showing picture: FrameSketch, near guess: FrameWindow) -> FrameWindow? {
    let values = picture.bytes.map(Float.init)
    let small = Self.halved(values)
    var window = guess
    for (level, samples) in [(coarse, small), (fine, Self.halved(values, blurred: false))] {
      for _ in 0..<Self.steps {
        guard let move = step(level, samples, window) else { return nil }
        window.x += move[0]
        window.y += move[1]
        window.width += move[2]
        window.height += move[3]
        guard abs(window.x - guess.x) < Self.reach, abs(window.y - guess.y) < Self.reach,
          abs(window.width - guess.width) < 2 * Self.reach,
          abs(window.height - guess.height) < 2 * Self.reach
        else { return nil }
        if move.allSatisfy({ abs($0) < 0.0005 }) { break }
      }
    }
    return window
  }

  /// One step: the least squares solution for place, size, contrast and brightness at once.
  private func step(_ level: Level, _ picture: [Float], _ window: FrameWindow) -> [Double]? {
    let side = level.side
    let scale = Double(side)
    // 6 x 6 normal equations, the upper half, and their right side.
    var equations = [Double](repeating: 0, count: 36)
    var right = [Double](repeating: 0, count: 6)
    var count = 0
    for row in 0..<Self.grid {
      let v = (Double(row) + 0.5) / Double(Self.grid)
      let y = (window.y + v * window.height) * scale - 0.5
      guard y >= 0, y < scale - 1 else { continue }
      let top = Int(y)
      let b = Float(y - Double(top))
      for column in 0..<Self.grid {
        let u = (Double(column) + 0.5) / Double(Self.grid)
        let x = (window.x + u * window.width) * scale - 0.5
        guard x >= 0, x < scale - 1 else { continue }
        let left = Int(x)
        let a = Float(x - Double(left))
        let corner = top * side + left
        func between(_ plane: [Float]) -> Double {
          let upper = plane[corner] + (plane[corner + 1] - plane[corner]) * a
          let lower =
            plane[corner + side] + (plane[corner + side + 1] - plane[corner + side]) * a
          return Double(upper + (lower - upper) * b)
        }
        let value = between(level.values)
        let slopeX = between(level.slopesX) * scale
        let slopeY = between(level.slopesY) * scale
        let terms = (slopeX, slopeY, u * slopeX, v * slopeY, value, 1.0)
        let wanted = Double(picture[row * Self.grid + column])
        Self.add(terms, wanted, &equations, &right)
        count += 1
      }
    }
    guard count >= Self.leastSamples, let solution = Self.solved(equations, right) else {
      return nil
    }
    // The window's moves come multiplied by the contrast; without any, nothing is to be seen.
    let contrast = solution[4]
    guard contrast > 0.1 else { return nil }
    return (0..<4).map { solution[$0] / contrast }
  }

  private static func add(
    _ terms: (Double, Double, Double, Double, Double, Double), _ wanted: Double,
    _ equations: inout [Double], _ right: inout [Double]
  ) {
    withUnsafeBytes(of: terms) { bytes in
      let terms = bytes.assumingMemoryBound(to: Double.self)
      for row in 0..<6 {
        for column in row..<6 { equations[row * 6 + column] += terms[row] * terms[column] }
        right[row] += terms[row] * wanted
      }
    }
  }

  /// By Cholesky's factors; nil where the picture is too flat to say where it belongs.
  private static func solved(_ upper: [Double], _ right: [Double]) -> [Double]? {
    var lower = [Double](repeating: 0, count: 36)
    for row in 0..<6 {
      for column in 0...row {
        var sum = upper[column * 6 + row]
        if row == column { sum *= 1 + 1e-6 }
        for k in 0..<column { sum -= lower[row * 6 + k] * lower[column * 6 + k] }
        if row == column {
          guard sum > 1e-9 else { return nil }
          lower[row * 6 + row] = sum.squareRoot()
        } else {
          lower[row * 6 + column] = sum / lower[column * 6 + column]
        }
      }
    }
    var solution = right
    for row in 0..<6 {
      for k in 0..<row { solution[row] -= lower[row * 6 + k] * solution[k] }
      solution[row] /= lower[row * 6 + row]
    }
    for row in (0..<6).reversed() {
      for k in row + 1..<6 { solution[row] -= lower[k * 6 + row] * solution[k] }
      solution[row] /= lower[row * 6 + row]
    }
    return solution
  }

  /// Half as many samples each way: means of four, over a wider area when `blurred`.
  private static func halved(_ values: [Float], blurred: Bool = true) -> [Float] {
    let side = FrameSketch.side
    let half = side / 2
    var result = [Float](repeating: 0, count: half * half)
    let reach = blurred ? 1 : 0
    for y in 0..<half {
      for x in 0..<half {
        var sum: Float = 0
        var count: Float = 0
        for row in max(2 * y - reach, 0)...min(2 * y + 1 + reach, side - 1) {
          for column in max(2 * x - reach, 0)...min(2 * x + 1 + reach, side - 1) {
            sum += values[row * side + column]
            count += 1
          }
        }
        result[y * half + x] = sum / count
      }
    }
    return result
  }
}
