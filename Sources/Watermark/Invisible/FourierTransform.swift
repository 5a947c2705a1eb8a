import Glibc

/// The discrete Fourier transform of two-dimensional arrays whose sides are powers of two.
///
/// Our own, and small: this target is arithmetic without libraries (libav has a transform, but only
/// the sandboxed process links libav, and marks are searched for outside of it). Radix 2, decimation in
/// time, all columns at once: each butterfly combines two rows with one twiddle factor, which
/// compilers turn into vector code.
struct FourierTransform: Sendable {
  let count: Int
  private let cosines: [Float]
  private let sines: [Float]
  /// Rows in bit-reversed order: pairs to exchange.
  private let exchanges: [(Int, Int)]
  /// Columns that are worked on together stay in the first-level cache for all stages.
  private static let blockWidth = 32

  /// - Precondition: `count` is a power of two.
  init(count: Int) {
    precondition(count > 0 && count & (count - 1) == 0)
    self.count = count
    let angles = (0..<count / 2).map { -2 * Double.pi * Double($0) / Double(count) }
    cosines = angles.map { Float(cos($0)) }
    sines = angles.map { Float(sin($0)) }
    let bits = count.trailingZeroBitCount
    exchanges = (0..<count).compactMap { index in
      var reversed = 0
      for bit in 0..<bits where index >> bit & 1 == 1 { reversed |= 1 << (bits - 1 - bit) }
      return index < reversed ? (index, reversed) : nil
    }
  }

  /// Transforms every column of `count` rows of `width` values, in place.
  func transformColumns(
    real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>, width: Int
  ) {
    for start in stride(from: 0, to: width, by: Self.blockWidth) {
      transformBlock(
        real + start, imaginary + start, width: min(Self.blockWidth, width - start), stride: width)
    }
  }

  private func transformBlock(
    _ real: UnsafeMutablePointer<Float>, _ imaginary: UnsafeMutablePointer<Float>, width: Int,
    stride rowStride: Int
  ) {
    for (a, b) in exchanges {
      for x in 0..<width {
        let (r, i) = (real[a * rowStride + x], imaginary[a * rowStride + x])
        real[a * rowStride + x] = real[b * rowStride + x]
        imaginary[a * rowStride + x] = imaginary[b * rowStride + x]
        real[b * rowStride + x] = r
        imaginary[b * rowStride + x] = i
      }
    }
    var length = 2
    while length <= count {
      let half = length / 2
      let step = count / length
      for j in 0..<half {
        let (c, s) = (cosines[j * step], sines[j * step])
        var row = j
        while row < count {
          Self.butterfly(
            real + row * rowStride, imaginary + row * rowStride,
            real + (row + half) * rowStride, imaginary + (row + half) * rowStride, c, s, width)
          row += length
        }
      }
      length *= 2
    }
  }

  @inline(__always)
  private static func butterfly(
    _ ar: UnsafeMutablePointer<Float>, _ ai: UnsafeMutablePointer<Float>,
    _ br: UnsafeMutablePointer<Float>, _ bi: UnsafeMutablePointer<Float>, _ c: Float, _ s: Float,
    _ width: Int
  ) {
    typealias Vector = SIMD8<Float>
    var x = 0
    while x + 8 <= width {
      let pr = UnsafeMutableRawPointer(ar + x)
      let pi = UnsafeMutableRawPointer(ai + x)
      let qr = UnsafeMutableRawPointer(br + x)
      let qi = UnsafeMutableRawPointer(bi + x)
      let (vr, vi) = (qr.loadUnaligned(as: Vector.self), qi.loadUnaligned(as: Vector.self))
      let (ur, ui) = (pr.loadUnaligned(as: Vector.self), pi.loadUnaligned(as: Vector.self))
      let tr = vr * c - vi * s
      let ti = vi * c + vr * s
      pr.storeBytes(of: ur + tr, as: Vector.self)
      pi.storeBytes(of: ui + ti, as: Vector.self)
      qr.storeBytes(of: ur - tr, as: Vector.self)
      qi.storeBytes(of: ui - ti, as: Vector.self)
      x += 8
    }
    while x < width {
      let tr = br[x] * c - bi[x] * s
      let ti = bi[x] * c + br[x] * s
      br[x] = ar[x] - tr
      bi[x] = ai[x] - ti
      ar[x] += tr
      ai[x] += ti
      x += 1
    }
  }
}

/// A spectrum, or what it is the spectrum of: `rows` x `columns` complex numbers.
struct ComplexPlane: Sendable {
  let rows: Int
  let columns: Int
  var real: [Float]
  var imaginary: [Float]

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    real = [Float](repeating: 0, count: rows * columns)
    imaginary = real
  }

  /// Forward transform; negative frequencies come last on both axes.
  ///
  /// - Precondition: the transforms have as many points as there are rows and columns.
  mutating func transform(rows vertical: FourierTransform, columns horizontal: FourierTransform) {
    precondition(vertical.count == rows && horizontal.count == columns)
    Self.columns(vertical, &real, &imaginary, width: columns)
    var turnedReal = Self.transposed(real, rows: rows, columns: columns)
    var turnedImaginary = Self.transposed(imaginary, rows: rows, columns: columns)
    Self.columns(horizontal, &turnedReal, &turnedImaginary, width: rows)
    real = Self.transposed(turnedReal, rows: columns, columns: rows)
    imaginary = Self.transposed(turnedImaginary, rows: columns, columns: rows)
  }

  /// Inverse transform without the division by the number of points.
  mutating func inverse(rows vertical: FourierTransform, columns horizontal: FourierTransform) {
    swap(&real, &imaginary)
    transform(rows: vertical, columns: horizontal)
    swap(&real, &imaginary)
  }

  private static func columns(
    _ transform: FourierTransform, _ real: inout [Float], _ imaginary: inout [Float], width: Int
  ) {
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        transform.transformColumns(
          real: real.baseAddress!, imaginary: imaginary.baseAddress!, width: width)
      }
    }
  }

  private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: values.count) { target, count in
      values.withUnsafeBufferPointer { source in
        // Squares of eight: both sides stay within a few cache lines.
        for top in stride(from: 0, to: rows, by: 8) {
          for left in stride(from: 0, to: columns, by: 8) {
            for y in top..<min(top + 8, rows) {
              for x in left..<min(left + 8, columns) {
                target[x * rows + y] = source[y * columns + x]
              }
            }
          }
        }
      }
      count = values.count
    }
  }
}
