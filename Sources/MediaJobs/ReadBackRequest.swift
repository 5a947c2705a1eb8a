/// What is looked for in a clip that is about to be delivered, and which pictures go with it.
public struct ReadBackRequest: Equatable, Sendable {
  /// The visible mark that every frame must show.
  public var mark: MarkRequest
  /// Whether what an invisible mark is searched in comes back: the search itself takes the key.
  public var residual: Bool
  /// Whether the sums of the frames' MPEG-7 signatures come back.
  public var signatures: Bool
  public var thumbnail: ThumbnailRequest
  public var sheet: SpriteSheetRequest

  /// - Parameter mark: as the clip was marked; what is needed to write the invisible one stays behind.
  public init(
    mark: MarkRequest, residual: Bool, signatures: Bool,
    thumbnail: ThumbnailRequest = ThumbnailRequest(),
    sheet: SpriteSheetRequest = SpriteSheetRequest()
  ) {
    self.mark = mark
    self.mark.invisible = nil
    self.residual = residual
    self.signatures = signatures
    self.thumbnail = thumbnail
    self.sheet = sheet
  }
}
