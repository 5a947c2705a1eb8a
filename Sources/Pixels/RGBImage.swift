/// A picture in memory: 8 bits a channel, sRGB as decoded, rows without padding.
public struct RGBImage: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// `width * height * 3` bytes: R, G, B, row by row from the top.
  public let pixels: [UInt8]

  /// Nil when `pixels` is not exactly `width * height * 3` bytes or a side is not positive.
  public init?(width: Int, height: Int, pixels: [UInt8]) {
    guard width > 0, height > 0 else { return nil }
    let (area, areaOverflow) = width.multipliedReportingOverflow(by: height)
    let (size, sizeOverflow) = area.multipliedReportingOverflow(by: 3)
    guard !areaOverflow, !sizeOverflow, pixels.count == size else { return nil }
    self.width = width
    self.height = height
    self.pixels = pixels
  }
}
