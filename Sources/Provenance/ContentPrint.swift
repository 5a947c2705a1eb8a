import Dispatch
public import Fingerprint
public import MediaClient
import MediaJobs
import Pixels
import Watermark

/// What a file shows, as it is kept and compared: prints of its frames.
public struct ContentPrint: Equatable, Sendable {
  /// Two looks a second: a screenshot then lies a quarter of a second from a known frame at most.
  public static let secondsBetweenFrames = 0.5
  /// A quarter of an hour at one a second, the longest clip that is read at all.
  public static let frameLimit = 240
  /// Prints are made of 64 x 64 samples: from here on more pixels change nothing but the time taken.
  static let frameSide = 640

  /// Pixels as shown, after rotation.
  public let width: Int
  public let height: Int
  /// Of a clip; 0 for a picture.
  public let seconds: Double
  public let isClip: Bool
  /// In order of time.
  public let frames: [FramePrint]
  /// What lies inside of flat bars, where there are any.
  public let inside: Inside?

  /// The part of each frame that bars surround.
  public struct Inside: Equatable, Sendable {
    public let width: Int
    public let height: Int
    public let frames: [FramePrint]

    public init(width: Int, height: Int, frames: [FramePrint]) {
      self.width = width
      self.height = height
      self.frames = frames
    }
  }

  public init(
    width: Int, height: Int, seconds: Double, isClip: Bool, frames: [FramePrint],
    inside: Inside? = nil
  ) {
    self.width = width
    self.height = height
    self.seconds = seconds
    self.isClip = isClip
    self.frames = frames
    self.inside = inside
  }

  /// - Parameters:
  ///   - width: of the file's own pictures, of which `pictures` may be reductions.
  init(
    width: Int, height: Int, seconds: Double, isClip: Bool,
    pictures: [(time: Double, image: RGBImage)]
  ) {
    var inside: Inside?
    if let box = Self.insideOfBars(pictures.map(\.image)), let first = pictures.first?.image {
      inside = Inside(
        width: width * box.width / first.width, height: height * box.height / first.height,
        frames: pictures.compactMap { picture in
          picture.image.part(box).flatMap { FramePrint(of: $0, time: picture.time) }
        })
    }
    self.init(
      width: width, height: height, seconds: seconds, isClip: isClip,
      frames: pictures.compactMap { FramePrint(of: $0.image, time: $0.time) }, inside: inside)
  }

  private static func insideOfBars(_ images: [RGBImage]) -> FlatBorders.Box? {
    var borders = FlatBorders()
    for image in images where image.width == images[0].width && image.height == images[0].height {
      let luma = image.luma
      borders.add(
        luma: luma.span, width: image.width, height: image.height, stride: image.width)
    }
    return borders.inside
  }

  /// Frames that are worth comparing, spread over the file.
  public static func telling(_ frames: [FramePrint], _ limit: Int) -> [FramePrint] {
    let reliable = frames.filter(\.isReliable)
    guard reliable.count > limit else { return reliable }
    return (0..<limit).map { reliable[$0 * (reliable.count - 1) / max(limit - 1, 1)] }
  }
}

extension MediaClient {
  /// Decodes the file in the sandbox and prints its frames here. A recording without pictures has no
  /// frames.
  public func contentPrint(of path: String) async throws(MediaFailure) -> ContentPrint {
    let info = try await probe(path)
    guard info.width > 0, info.height > 0 else {
      return ContentPrint(
        width: 0, height: 0, seconds: info.durationSeconds ?? 0, isClip: true, frames: [])
    }
    if info.durationSeconds == nil, !info.isAnimated {
      let picture = try await decodeImage(path)
      return await Self.printed(
        picture.info, seconds: 0, isClip: false, [(0, picture.image)])
    }
    let plan = SamplePlan(
      everySeconds: ContentPrint.secondsBetweenFrames, maximumSide: ContentPrint.frameSide,
      maximumFrames: ContentPrint.frameLimit, audio: false)
    let sample = try await sample(path, plan: plan)
    return await Self.printed(
      sample.info, seconds: sample.outcome.seconds, isClip: true,
      sample.frames.map { ($0.time, $0.image) })
  }

  /// On a thread of its own: a long clip takes a second.
  private static func printed(
    _ info: MediaInfo, seconds: Double, isClip: Bool, _ pictures: [(time: Double, image: RGBImage)]
  ) async -> ContentPrint {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          returning: ContentPrint(
            width: info.width, height: info.height, seconds: seconds, isClip: isClip,
            pictures: pictures))
      }
    }
  }
}

extension RGBImage {
  /// BT.601 brightness in whole numbers: for finding bars, which need no more.
  fileprivate var luma: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: width * height) { luma, count in
      pixels.withUnsafeBufferPointer { pixels in
        for index in 0..<width * height {
          let red = 77 * Int(pixels[3 * index])
          let green = 150 * Int(pixels[3 * index + 1])
          let blue = 29 * Int(pixels[3 * index + 2])
          luma.initializeElement(at: index, to: UInt8((red + green + blue) >> 8))
        }
      }
      count = width * height
    }
  }

  fileprivate func part(_ box: FlatBorders.Box) -> RGBImage? {
    guard box.x + box.width <= width, box.y + box.height <= height else { return nil }
    var part: [UInt8] = []
    part.reserveCapacity(box.width * box.height * 3)
    for row in box.y..<box.y + box.height {
      let start = (row * width + box.x) * 3
      part += pixels[start..<start + box.width * 3]
    }
    return RGBImage(width: box.width, height: box.height, pixels: part)
  }
}
