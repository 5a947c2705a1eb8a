/// One picture of a clip or picture file, written as a file of its own at its own size.
public struct StillRequest: Equatable, Sendable {
  public enum Format: String, CaseIterable, Sendable { case png, jpeg, webp }

  public var format: Format
  /// 0 to 100; PNG has none.
  public var quality: Int
  /// The visible mark to burn in, found again in what was written; nil writes the picture as it is.
  public var mark: MarkRequest?

  public init(format: Format, quality: Int = 90, mark: MarkRequest? = nil) {
    self.format = format
    self.quality = quality
    self.mark = mark
  }
}
