import Pixels

/// A picture as convolutional networks of any size read it: planes of one colour after the other, sides
/// in steps of 32.
struct PicturePlanes {
  private static let step = 32

  let values: [Float]
  let width: Int
  let height: Int

  /// - Parameters:
  ///   - side: the longest side; smaller pictures are not enlarged.
  ///   - channels: which of red, green and blue comes first, second and third.
  ///   - value: what a byte becomes.
  init(_ image: RGBImage, side: Int, channels: [Int], _ value: (Float) -> Float) {
    let scale = min(1, Double(side) / Double(max(image.width, image.height)))
    func rounded(_ length: Int) -> Int {
      max(Self.step, Int((Double(length) * scale / Double(Self.step)).rounded()) * Self.step)
    }
    (width, height) = (rounded(image.width), rounded(image.height))
    let pixels = image.resized(width: width, height: height).pixels
    let area = width * height
    // Of 256 values each is worked out once.
    let table = (0..<256).map { value(Float($0)) }
    var values = [Float](repeating: 0, count: channels.count * area)
    for (plane, channel) in channels.enumerated() {
      for index in 0..<area {
        values[plane * area + index] = table[Int(pixels[index * 3 + channel])]
      }
    }
    self.values = values
  }
}
