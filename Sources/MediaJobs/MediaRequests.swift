/// Which moments of a clip are looked at.
public struct SamplePlan: Equatable, Sendable {
  /// Distance of the regular samples.
  public var everySeconds: Double
  public var includeFirst: Bool
  public var includeLast: Bool
  /// Also the first frame after every hard cut, so that a scene shorter than `everySeconds` is seen.
  public var sceneCuts: Bool
  /// Longest side of the pictures that come back, in pixels; smaller ones are not enlarged.
  public var maximumSide: Int
  /// Pictures are 1.2 MB each at 640 pixels: 240 of them stay under 300 MB in the caller. A clip
  /// that would need more is sampled to the end at a wider distance.
  public var maximumFrames: Int
  /// Whether the soundtrack comes back too, as 16 kHz mono.
  public var audio: Bool

  public init(
    everySeconds: Double = 1, includeFirst: Bool = true, includeLast: Bool = true,
    sceneCuts: Bool = true, maximumSide: Int = 640, maximumFrames: Int = 240, audio: Bool = true
  ) {
    self.everySeconds = everySeconds
    self.includeFirst = includeFirst
    self.includeLast = includeLast
    self.sceneCuts = sceneCuts
    self.maximumSide = maximumSide
    self.maximumFrames = maximumFrames
    self.audio = audio
  }
}

/// One still out of a clip.
public struct ThumbnailRequest: Equatable, Sendable {
  /// Seconds from the start; nil takes a third of the way in, past fades from black.
  public var time: Double?
  /// Longest side in pixels.
  public var maximumSide: Int
  /// libwebp's quality, 0 to 100.
  public var quality: Int

  public init(time: Double? = nil, maximumSide: Int = 640, quality: Int = 80) {
    self.time = time
    self.maximumSide = maximumSide
    self.quality = quality
  }
}

/// Stills of a clip, evenly spread over its length, row by row in one picture.
public struct SpriteSheetRequest: Equatable, Sendable {
  public var columns: Int
  public var rows: Int
  /// Longest side of one still in pixels.
  public var tileSide: Int
  /// libwebp's quality, 0 to 100.
  public var quality: Int

  public init(columns: Int = 5, rows: Int = 4, tileSide: Int = 320, quality: Int = 75) {
    self.columns = columns
    self.rows = rows
    self.tileSide = tileSide
    self.quality = quality
  }
}

/// A clip to draw. Same request and same seed: same pictures.
public struct SynthesisRequest: Equatable, Sendable {
  public var prompt: String
  public var seed: UInt64
  /// Pixels; both even, as 4:2:0 video needs.
  public var width: Int
  public var height: Int
  public var seconds: Double
  /// Frames a second.
  public var frameRate: Int
  /// Shown on screen when set.
  public var caption: String?
  /// Spoken one after another.
  public var dialogue: [String]
  /// Whether the input descriptor carries a picture to move over.
  public var referenceImage: Bool

  public init(
    prompt: String, seed: UInt64, width: Int, height: Int, seconds: Double, frameRate: Int = 24,
    caption: String? = nil, dialogue: [String] = [], referenceImage: Bool = false
  ) {
    self.prompt = prompt
    self.seed = seed
    self.width = width
    self.height = height
    self.seconds = seconds
    self.frameRate = frameRate
    self.caption = caption
    self.dialogue = dialogue
    self.referenceImage = referenceImage
  }
}

/// The visible mark for one clip. No key crosses into the sandbox, only what was derived from it for
/// this clip.
public struct MarkRequest: Equatable, Sendable {
  public static let seedLength = 32

  /// What the mark says: "AI generated".
  public var text: String
  /// The maker's handle beneath it.
  public var handle: String?
  /// 32 bytes that decide the mark's path over the picture.
  public var seed: [UInt8]
  /// Embedded in the same pass.
  public var invisible: InvisibleMark?

  public init(
    text: String, handle: String? = nil, seed: [UInt8], invisible: InvisibleMark? = nil
  ) {
    self.text = text
    self.handle = handle
    self.seed = seed
    self.invisible = invisible
  }
}

/// An invisible mark for one file: its tile, computed where the key is. Of the key nothing else crosses
/// into the sandbox, and the tile says no more than the marked file itself.
public struct InvisibleMark: Equatable, Sendable {
  /// A tile is 128 x 128 numbers.
  public static let tileCount = 128 * 128

  /// `Watermark`'s fixed-point numbers, row by row.
  public var tile: [Int16]
  /// The least peak signal-to-noise ratio of luma in dB; nil for the default.
  public var psnr: Double?

  public init(tile: [Int16], psnr: Double? = nil) {
    self.tile = tile
    self.psnr = psnr
  }
}

/// An invisible mark alone.
public struct EmbedRequest: Equatable, Sendable {
  public var mark: InvisibleMark
  /// Clips: FFV1 in Matroska instead of H.264 in MP4, so that nothing but the mark changes.
  public var isLossless: Bool

  public init(mark: InvisibleMark, isLossless: Bool = false) {
    self.mark = mark
    self.isLossless = isLossless
  }
}
