import Glibc
import Testing

@testable import Watermark

struct FourierTransformTests {
  @Test func itIsTheSumItStandsFor() {
    let (rows, columns) = (8, 16)
    var plane = ComplexPlane(rows: rows, columns: columns)
    for index in plane.real.indices {
      plane.real[index] = Float((index * 37) % 11) - 5
      plane.imaginary[index] = Float((index * 23) % 7) - 3
    }
    let source = plane
    plane.transform(
      rows: FourierTransform(count: rows), columns: FourierTransform(count: columns))
    for v in 0..<rows {
      for u in 0..<columns {
        var real = 0.0
        var imaginary = 0.0
        for y in 0..<rows {
          for x in 0..<columns {
            let turns = Double(v * y) / Double(rows) + Double(u * x) / Double(columns)
            let (c, s) = (cos(2 * .pi * turns), -sin(2 * .pi * turns))
            let (a, b) = (
              Double(source.real[y * columns + x]), Double(source.imaginary[y * columns + x])
            )
            real += a * c - b * s
            imaginary += a * s + b * c
          }
        }
        #expect(abs(Double(plane.real[v * columns + u]) - real) < 1e-3)
        #expect(abs(Double(plane.imaginary[v * columns + u]) - imaginary) < 1e-3)
      }
    }
    plane.inverse(rows: FourierTransform(count: rows), columns: FourierTransform(count: columns))
    for index in plane.real.indices {
      #expect(abs(plane.real[index] / 128 - source.real[index]) < 1e-4)
    }
  }
}
