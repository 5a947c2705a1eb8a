/// One channel of a picture as numbers, row by row from the top, rows without padding.
public struct FloatPlane: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// `width * height` values.
  public var values: [Float]

  /// Nil when `values` is not exactly `width * height` numbers or a side is not positive.
  public init?(width: Int, height: Int, values: [Float]) {
    guard width > 0, height > 0 else { return nil }
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, values.count == area else { return nil }
    self.width = width
    self.height = height
    self.values = values
  }
}
