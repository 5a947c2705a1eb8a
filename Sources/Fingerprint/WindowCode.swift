import Glibc

/// A coarse code of a part of a frame: the signs of its 8 x 8 lowest frequencies.
///
/// PDQ's 16 frequencies flip when a window moves by a hundredth of the frame; these eight stand two and
/// a half hundredths. So a grid of windows at steps of a twentieth meets every crop, and the few frames
/// that a code brings up are then aligned exactly. 64 bits alone prove nothing.
public enum WindowCode {
  /// Codes at most this far apart are worth an alignment. A twentieth's grid leaves about 8 bits;
  /// unrelated codes are within 14 one time in a million.
  public static let candidateDistance = 13

  private static let samples = 32
  private static let frequencies = 8

  /// Sides of the windows, in twentieths of the frame. Below three quarters there is little left to
  /// compare, and the windows multiply.
  private static let sides = [20, 19, 18, 17, 16, 15]

  /// The windows of a frame that have codes: each side, at every twentieth.
  public static let windows: [FrameWindow] = sides.flatMap { side in
    (0...(20 - side)).flatMap { y in
      (0...(20 - side)).map { x in
        FrameWindow(
          x: Double(x) / 20, y: Double(y) / 20, width: Double(side) / 20,
          height: Double(side) / 20)
      }
    }
  }

  /// The codes of all windows of a frame, in the order of `windows`.
  public static func codes(of sketch: FrameSketch) -> [UInt64] {
    windows.map { code(of: sketch, $0) }
  }

  public static func code(of sketch: FrameSketch, _ window: FrameWindow = .whole) -> UInt64 {
    let picture = sketch.samples(of: window, side: samples)
    var half = [Float](repeating: 0, count: frequencies * samples)
    for frequency in 0..<frequencies {
      for row in 0..<samples {
        let weight = matrix[frequency * samples + row]
        for column in 0..<samples {
          half[frequency * samples + column] += weight * picture[row * samples + column]
        }
      }
    }
    var values = [Float](repeating: 0, count: frequencies * frequencies)
    for row in 0..<frequencies {
      for column in 0..<frequencies {
        var sum: Float = 0
        for sample in 0..<samples {
          sum += half[row * samples + sample] * matrix[column * samples + sample]
        }
        values[row * frequencies + column] = sum
      }
    }
    let median = values.sorted()[values.count / 2 - 1]
    var code: UInt64 = 0
    for (index, value) in values.enumerated() where value > median { code |= 1 << UInt64(index) }
    return code
  }

  /// Row i holds frequency i + 1; the constant one says nothing.
  private static let matrix: [Float] = (0..<frequencies).flatMap { frequency in
    (0..<samples).map { sample in
      Float(cos(Double.pi / Double(2 * samples) * Double((frequency + 1) * (2 * sample + 1))))
    }
  }
}
