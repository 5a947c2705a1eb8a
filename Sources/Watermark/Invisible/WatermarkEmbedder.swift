import Glibc

@inline(__always)
func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }

/// How loud an invisible mark may be.
public struct WatermarkStrength: Equatable, Sendable {
  /// The least peak signal-to-noise ratio of each frame's luma, in dB.
  public var psnr: Double
  /// The least structural similarity (Wang et al. 2004) of each frame's luma, as ffmpeg's filter has it.
  /// Flat pictures and dark ones meet this one before the other.
  public var similarity: Double

  /// A little above 45 dB and 0.985: both are measured on samples of each frame.
  public static let standard = WatermarkStrength(psnr: 45.2, similarity: 0.986)

  public init(psnr: Double, similarity: Double = WatermarkStrength.standard.similarity) {
    self.psnr = psnr
    self.similarity = similarity
  }
}

/// Adds one tile to the luma of the frames of one clip. Colour is left alone.
///
/// A frame becomes Y + g a P: P the pattern, the same for all frames; a the ``PerceptualMask``; g the
/// largest factor that ``WatermarkStrength`` allows for this frame, at most ``maximumGain``.
public final class WatermarkEmbedder {
  public let width: Int
  public let height: Int
  public let strength: WatermarkStrength
  /// Keeps the mark from shouting where a clip is noisy all over.
  static let maximumGain: Float = 1.6

  /// How many dB louder a clip's first frame may be. Every encoder writes that one as a whole; in the
  /// ones after it, where the scene moves, a coarse encoder copies the mark along with the scene.
  static let openingAllowance = 2.4

  private var allowance = 0.0
  private let pattern: [Float]
  private var mask: PerceptualMask
  private var loudness: MarkLoudness
  private var amplitudes: [Float]

  /// - Precondition: both sides are positive.
  public init(
    tile: WatermarkTile, width: Int, height: Int, strength: WatermarkStrength = .standard
  ) {
    precondition(width > 0 && height > 0)
    self.width = width
    self.height = height
    self.strength = strength
    pattern = tile.pattern(width: width, height: height)
    mask = PerceptualMask(width: width, height: height)
    loudness = MarkLoudness(width: width, height: height)
    amplitudes = [Float](repeating: 0, count: mask.columns * mask.cellSide)
  }

  /// Lets the next frame be louder by ``openingAllowance``.
  public func openClip() { allowance = Self.openingAllowance }

  /// Marks one plane of 8-bit luma in place.
  ///
  /// - Precondition: `height` rows, `stride` bytes apart; the last may end without padding.
  public func embed(luma: inout MutableSpan<UInt8>, stride: Int) {
    precondition(luma.count >= (height - 1) * stride + width && stride >= width)
    luma.withUnsafeMutableBufferPointer { plane in
      mask.measure(UnsafeBufferPointer(plane), stride: stride, width: width, height: height)
      forEachRow(gain(plane.baseAddress!, stride: stride)) { y, pattern, amplitudes in
        let row = plane.baseAddress! + y * stride
        for x in 0..<width {
          row[x] = Self.byte(Float(row[x]) + amplitudes[x] * pattern[x])
        }
      }
    }
  }

  /// Marks packed pixels of `channels` bytes, the first three of which are red, green and blue: all
  /// three change by the same amount, so that luma carries the mark and colour stays.
  ///
  /// - Precondition: `height` rows, `stride` bytes apart.
  public func embed(packed pixels: inout MutableSpan<UInt8>, stride: Int, channels: Int) {
    precondition(channels >= 3 && pixels.count >= (height - 1) * stride + width * channels)
    pixels.withUnsafeMutableBufferPointer { pixels in
      let luma = PackedLuma.plane(
        UnsafeBufferPointer(pixels), stride: stride, channels: channels, width: width,
        height: height)
      let gain = luma.withUnsafeBufferPointer {
        mask.measure($0, stride: width, width: width, height: height)
        return self.gain($0.baseAddress!, stride: width)
      }
      forEachRow(gain) { y, pattern, amplitudes in
        let row = pixels.baseAddress! + y * stride
        for x in 0..<width {
          // Rounded before it is added, so that all three round alike.
          let change = (amplitudes[x] * pattern[x] + 0x1.8p23) - 0x1.8p23
          for channel in 0..<3 {
            row[x * channels + channel] = Self.byte(Float(row[x * channels + channel]) + change)
          }
        }
      }
    }
  }

  /// Calls `body` with each row's number, its part of the pattern and how strong it is to be there.
  private func forEachRow(
    _ gain: Float, _ body: (Int, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
  ) {
    let (side, columns) = (mask.cellSide, mask.columns)
    pattern.withUnsafeBufferPointer { pattern in
      mask.factors.withUnsafeBufferPointer { factors in
        amplitudes.withUnsafeMutableBufferPointer { amplitudes in
          for row in 0..<mask.rows {
            let cells = factors.baseAddress! + row * columns
            for cell in 0..<columns {
              let amplitude = cells[cell] * gain
              for x in 0..<side { amplitudes[cell * side + x] = amplitude }
            }
            for y in row * side..<min((row + 1) * side, height) {
              body(y, pattern.baseAddress! + y * width, amplitudes.baseAddress!)
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func byte(_ value: Float) -> UInt8 {
    let cut = value < 0 ? 0 : (value > 255 ? 255 : value)
    // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the lowest bits.
    return UInt8(truncatingIfNeeded: (cut + 0x1.8p23).bitPattern)
  }

  /// What the limits leave for this frame, once the mask is measured.
  private func gain(_ luma: UnsafePointer<UInt8>, stride: Int) -> Float {
    let louder = pow(10, allowance / 10)
    allowance = 0
    let maximum = Self.maximumGain * Float(louder.squareRoot())
    let allowed = MarkLoudness.Effect(
      loss: 1 - strength.similarity,
      meanSquare: 255 * 255 / pow(10, strength.psnr / 10) * louder)
    loudness.sample(luma, stride: stride, pattern: pattern, mask: mask)
    if loudness.hasBlack {
      let excess = loudness.excess(upTo: maximum, within: allowed)
      if excess > 1 {
        mask.spareBlack(excess - 1)
        loudness.sample(luma, stride: stride, pattern: pattern, mask: mask)
      }
    }
    return loudness.gain(upTo: maximum, within: allowed)
  }
}

/// Luma of packed RGB by ITU-R BT.709's weights.
enum PackedLuma {
  static func plane(
    _ pixels: UnsafeBufferPointer<UInt8>, stride: Int, channels: Int, width: Int, height: Int
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: width * height) { luma, count in
      for y in 0..<height {
        let row = pixels.baseAddress! + y * stride
        let target = luma.baseAddress! + y * width
        for x in 0..<width {
          let (r, g, b) = (row[x * channels], row[x * channels + 1], row[x * channels + 2])
          // Weights of 256: 0.2126, 0.7152, 0.0722.
          target[x] = UInt8(
            truncatingIfNeeded: (UInt32(r) &* 54 &+ UInt32(g) &* 183 &+ UInt32(b) &* 19 &+ 128) >> 8
          )
        }
      }
      count = width * height
    }
  }
}
