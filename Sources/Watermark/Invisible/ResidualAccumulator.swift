public import Pixels

/// The mean of what is left of a clip's frames when their scenes are taken away: a static mark adds up
/// in it, moving pictures average out. It is all that a search for the mark looks at.
///
/// Each frame's luma is brought to canonical size, high-passed (less three boxes of 5, 7 and 7 pixels,
/// nearly a Gaussian of 3), divided by its local strength (root mean square over 9 x 9, plus 1) and
/// limited to ±2.5.
public final class ResidualAccumulator {
  /// Beyond this many frames every second one is taken, then every fourth, and so on.
  public static let denseFrames = 256
  /// A picture's longer side may be this many times its short one.
  public static let maximumAspect = 8

  public private(set) var frames = 0
  private var seen = 0
  private var scaler: CanonicalScaler?
  private var sum: [Float] = []
  private var luma: [Float] = []
  private var smooth: [Float] = []
  private var scratch: [Float] = []
  private var filter = BoxFilter()

  public init() {}

  /// Whether the next frame counts; asked once a frame, so that a skipped one need not be prepared.
  public func wantsFrame() -> Bool {
    defer { seen += 1 }
    let blocks = seen / Self.denseFrames + 1
    let step = 1 << (Int.bitWidth - 1 - blocks.leadingZeroBitCount)
    return seen % step == 0
  }

  /// Adds one plane of 8-bit luma; one whose shape differs from the first one's, or that is too long,
  /// is left out.
  ///
  /// - Precondition: `height` rows, `stride` bytes apart; the last may end without padding.
  public func add(luma plane: Span<UInt8>, width: Int, height: Int, stride: Int) {
    precondition(plane.count >= (height - 1) * stride + width && stride >= width)
    guard max(width, height) <= Self.maximumAspect * min(width, height) else { return }
    if scaler == nil {
      let made = CanonicalScaler(width: width, height: height)
      sum = [Float](repeating: 0, count: made.width * made.height)
      luma = sum
      smooth = sum
      scratch = sum
      scaler = made
    }
    guard var scaler, scaler.sourceWidth == width, scaler.sourceHeight == height else { return }
    plane.withUnsafeBufferPointer { scaler.scale($0, stride: stride, into: &luma) }
    self.scaler = scaler
    add(width: scaler.width, height: scaler.height)
    frames += 1
  }

  /// Packed red, green, blue.
  public func add(_ image: RGBImage) {
    let plane = image.pixels.withUnsafeBufferPointer {
      PackedLuma.plane(
        $0, stride: image.width * 3, channels: 3, width: image.width, height: image.height)
    }
    add(luma: plane.span, width: image.width, height: image.height, stride: image.width)
  }

  private func add(width: Int, height: Int) {
    filter.apply(luma, into: &smooth, width: width, height: height, radius: 2)
    filter.apply(smooth, into: &scratch, width: width, height: height, radius: 3)
    filter.apply(scratch, into: &smooth, width: width, height: height, radius: 3)
    let count = width * height
    luma.withUnsafeMutableBufferPointer { luma in
      smooth.withUnsafeBufferPointer { smooth in
        scratch.withUnsafeMutableBufferPointer { squares in
          for index in 0..<count {
            let high = luma[index] - smooth[index]
            luma[index] = high
            squares[index] = high * high
          }
        }
      }
    }
    filter.apply(scratch, into: &smooth, width: width, height: height, radius: 4)
    sum.withUnsafeMutableBufferPointer { sum in
      luma.withUnsafeBufferPointer { high in
        smooth.withUnsafeBufferPointer { power in
          for index in 0..<count {
            let value = high[index] / (power[index].squareRoot() + 1)
            sum[index] += value < -2.5 ? -2.5 : (value > 2.5 ? 2.5 : value)
          }
        }
      }
    }
  }

  /// Nil before the first frame.
  public var mean: FloatPlane? {
    guard let scaler, frames > 0 else { return nil }
    let scale = 1 / Float(frames)
    return FloatPlane(
      width: scaler.width, height: scaler.height, values: sum.map { $0 * scale })
  }
}
