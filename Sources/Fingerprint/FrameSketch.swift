public import Pixels

/// What PDQ sees of a frame: its brightness, blurred and sampled to 64 x 64.
///
/// A PDQ hash says whether two whole pictures are the same, and nothing of a part: cutting off a tenth
/// changes most of its bits. From the sketch the hash of any part can be worked out later, so that a
/// cropped copy can be held against the part it shows.
public struct FrameSketch: Equatable, Sendable {
  /// Samples on each side.
  public static let side = 64
  public static let byteCount = side * side

  /// Row by row from the top, 0 black to 255 white.
  public let bytes: [UInt8]

  /// Nil unless there are exactly `byteCount` bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// - Parameter small: 64 x 64 values of 0 to 255.
  init(reduced small: [Float]) {
    bytes = small.map { UInt8(min(max($0.rounded(), 0), 255)) }
  }

  /// The sketch mirrored left to right, and then turned by quarters clockwise.
  public func oriented(isMirrored: Bool, quarterTurns: Int) -> FrameSketch {
    let side = Self.side
    var values = bytes
    if isMirrored {
      for row in 0..<side {
        for column in 0..<side {
          values[row * side + column] = bytes[row * side + side - 1 - column]
        }
      }
    }
    for _ in 0..<((quarterTurns % 4 + 4) % 4) {
      let before = values
      for row in 0..<side {
        for column in 0..<side {
          values[row * side + column] = before[(side - 1 - column) * side + row]
        }
      }
    }
    return FrameSketch(bytes: values)!
  }

  /// The PDQ hash of a part, as near as 64 samples tell it.
  public func hash(of window: FrameWindow) -> PDQHash {
    PDQTransform.hash(of: PDQTransform.coefficients(of: samples(of: window, side: Self.side)))
  }

  /// A part at `side` samples each way, between samples linearly.
  func samples(of window: FrameWindow, side: Int) -> [Float] {
    let own = Self.side
    func positions(_ start: Double, _ length: Double) -> [(first: Int, weight: Float)] {
      (0..<side).map { index in
        let place =
          (start + (Double(index) + 0.5) / Double(side) * length) * Double(own) - 0.5
        let first = min(max(Int(place.rounded(.down)), 0), own - 2)
        return (first, Float(min(max(place - Double(first), 0), 1)))
      }
    }
    let columns = positions(window.x, window.width)
    let rows = positions(window.y, window.height)
    return [Float](unsafeUninitializedCapacity: side * side) { output, count in
      bytes.withUnsafeBufferPointer { bytes in
        for (row, vertical) in rows.enumerated() {
          let top = vertical.first * own
          for (column, horizontal) in columns.enumerated() {
            let upper = Float(bytes[top + horizontal.first])
            let upperNext = Float(bytes[top + horizontal.first + 1])
            let lower = Float(bytes[top + own + horizontal.first])
            let lowerNext = Float(bytes[top + own + horizontal.first + 1])
            let above = upper + (upperNext - upper) * horizontal.weight
            let below = lower + (lowerNext - lower) * horizontal.weight
            output.initializeElement(
              at: row * side + column, to: above + (below - above) * vertical.weight)
          }
        }
      }
      count = side * side
    }
  }
}

/// A part of a frame, in fractions of its width and height.
public struct FrameWindow: Equatable, Sendable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  public static let whole = FrameWindow(x: 0, y: 0, width: 1, height: 1)

  /// The part inside the frame; nil where nothing is.
  func clipped() -> FrameWindow? {
    let left = max(x, 0)
    let top = max(y, 0)
    let right = min(x + width, 1)
    let bottom = min(y + height, 1)
    guard right - left > 0.01, bottom - top > 0.01 else { return nil }
    return FrameWindow(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// The same place seen from this window.
  func relative(_ inner: FrameWindow) -> FrameWindow {
    FrameWindow(
      x: (inner.x - x) / width, y: (inner.y - y) / height, width: inner.width / width,
      height: inner.height / height)
  }
}

/// Everything that is kept of one frame, to know it again.
public struct FramePrint: Equatable, Sendable {
  /// Seconds from the start.
  public let time: Double
  public let hash: PDQHash
  /// 0 to 100, as PDQ counts it.
  public let quality: Int
  public let sketch: FrameSketch

  public init(time: Double, hash: PDQHash, quality: Int, sketch: FrameSketch) {
    self.time = time
    self.hash = hash
    self.quality = quality
    self.sketch = sketch
  }

  /// Of a frame that is at least 5 pixels wide and high; nil for a smaller one.
  public init?(of image: RGBImage, time: Double) {
    guard image.width >= PDQ.minimumSide, image.height >= PDQ.minimumSide else { return nil }
    let small = JaroszFilter.reduced(image)
    let pdq = PDQ(reduced: small)
    self.init(
      time: time, hash: pdq.hash, quality: pdq.quality, sketch: FrameSketch(reduced: small))
  }

  /// Whether there is enough to see in it for a comparison to mean anything.
  public var isReliable: Bool { quality >= PDQ.reliableQuality }

  /// The hashes of the frame turned and mirrored, its own first.
  public var dihedral: [PDQHash] {
    [hash] + PDQ(reduced: sketch.bytes.map(Float.init)).dihedral.dropFirst()
  }
}
