/// The machine-readable labels that a file is to carry beside its Content Credentials.
public struct MediaLabels: Equatable, Sendable {
  /// IPTC's digital source type, in XMP.
  public var sourceType: DigitalSourceTerm?
  /// China's `AIGC` field, in XMP and in the container's own place.
  public var aigc: AIGCLabel?

  public init(sourceType: DigitalSourceTerm? = nil, aigc: AIGCLabel? = nil) {
    self.sourceType = sourceType
    self.aigc = aigc
  }

  public var isEmpty: Bool { sourceType == nil && aigc == nil }
}
