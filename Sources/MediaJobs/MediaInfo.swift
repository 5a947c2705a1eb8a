/// What a container says of itself, after the demuxer checked it.
public struct MediaInfo: Equatable, Sendable {
  public struct Stream: Equatable, Sendable {
    /// `video`, `audio`, `subtitle`, `data` …
    public let kind: String
    /// FFmpeg's codec name, `none` where it knows none.
    public let codec: String

    public init(kind: String, codec: String) {
      self.kind = kind
      self.codec = codec
    }
  }

  /// FFmpeg's name of the demuxer, such as `mov,mp4,m4a,3gp,3g2,mj2`.
  public var container: String
  /// Nil where neither the container nor a stream says; always nil for a still picture.
  public var durationSeconds: Double?
  /// Pixels as shown: rotation metadata applied.
  public var width: Int
  public var height: Int
  /// Degrees clockwise that were applied: 0, 90, 180 or 270.
  public var rotation: Int
  /// Frames a second; nil for a still picture.
  public var frameRate: Double?
  public var videoCodec: String
  public var audioCodec: String?
  /// As the container claims; nil where it does not.
  public var frameCount: Int?
  public var streams: [Stream]
  /// Whether a picture file (GIF, PNG) holds more pictures than the first, which is the one decoded.
  public var isAnimated: Bool

  public var hasAudio: Bool { audioCodec != nil }

  public init(
    container: String, durationSeconds: Double?, width: Int, height: Int, rotation: Int = 0,
    frameRate: Double?, videoCodec: String, audioCodec: String? = nil, frameCount: Int? = nil,
    streams: [Stream], isAnimated: Bool = false
  ) {
    self.container = container
    self.durationSeconds = durationSeconds
    self.width = width
    self.height = height
    self.rotation = rotation
    self.frameRate = frameRate
    self.videoCodec = videoCodec
    self.audioCodec = audioCodec
    self.frameCount = frameCount
    self.streams = streams
    self.isAnimated = isAnimated
  }
}
