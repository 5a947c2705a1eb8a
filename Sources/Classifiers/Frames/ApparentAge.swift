import Glibc
import Pixels

/// How old a face looks: probabilities of the ages from 0 to 80, by dlib's age predictor (Cydral
/// 2024). Weak evidence about anybody: good for sending a picture to a person, never for more.
enum ApparentAge {
  /// Sides of the picture that the model reads.
  static let side = 64
  private static let ages = 81
  /// Means of red, green and blue in the training set.
  private static let mean: [Float] = [122.782, 117.001, 104.298]
  /// Where eyes and nose lie in the model's picture: dlib's mean face with its margin of a fifth
  /// on each side. The tip of the nose, which is found, lies above the point that dlib takes.
  static let places = [
    Face.Point(x: 19.5, y: 19.3), Face.Point(x: 43.6, y: 19.3), Face.Point(x: 31.6, y: 35),
  ]

  /// The probability that somebody of this face is younger than eighteen.
  static func minority(
    of face: Face, in image: RGBImage, _ session: OnnxSession
  ) throws(InferenceError) -> Double {
    let input = try Tensor(values(of: aligned(face, in: image)), shape: [1, 3, side, side])
    let output = try session.run([("images", input)], outputs: ["probabilities"])[0].floats
    guard output.count == ages, output.allSatisfy(\.isFinite) else {
      throw InferenceError(reason: "the age model is of another version; run Scripts/models")
    }
    return output[..<18].reduce(0) { $0 + Double($1) }
  }

  /// Planes of red, green and blue.
  static func values(of chip: [Float]) -> [Float] {
    var values = [Float](repeating: 0, count: chip.count)
    let area = side * side
    for index in 0..<area {
      for channel in 0..<3 {
        values[channel * area + index] = (chip[index * 3 + channel] - mean[channel]) / 256
      }
    }
    return values
  }

  /// The face upright in a square, eyes and nose as near as they can be to `places` by moving,
  /// turning and scaling it (least squares).
  static func aligned(_ face: Face, in image: RGBImage) -> [Float] {
    let found = Array(face.landmarks.prefix(places.count))
    func centre(_ points: [Face.Point]) -> Face.Point {
      Face.Point(
        x: points.reduce(0) { $0 + $1.x } / Float(points.count),
        y: points.reduce(0) { $0 + $1.y } / Float(points.count))
    }
    let (from, to) = (centre(places), centre(found))
    // As complex numbers: the factor that turns and scales one set of points into the other.
    var (real, imaginary, size): (Float, Float, Float) = (0, 0, 0)
    for (place, point) in zip(places, found) {
      let (px, py) = (place.x - from.x, place.y - from.y)
      let (qx, qy) = (point.x - to.x, point.y - to.y)
      real += px * qx + py * qy
      imaginary += px * qy - py * qx
      size += px * px + py * py
    }
    real /= size
    imaginary /= size
    // A large face is averaged down, not picked from.
    let fine = min(max(Int(hypotf(real, imaginary).rounded(.up)), 1), 8)
    var chip: [Float] = []
    chip.reserveCapacity(side * side * 3)
    for row in 0..<side {
      for column in 0..<side {
        var sum: SIMD3<Float> = .zero
        for step in 0..<fine * fine {
          let x = Float(column) + (Float(step % fine) + 0.5) / Float(fine) - 0.5 - from.x
          let y = Float(row) + (Float(step / fine) + 0.5) / Float(fine) - 0.5 - from.y
          sum += image.sample(
            x: real * x - imaginary * y + to.x, y: imaginary * x + real * y + to.y)
        }
        sum /= Float(fine * fine)
        chip += [sum.x, sum.y, sum.z]
      }
    }
    return chip
  }
}
