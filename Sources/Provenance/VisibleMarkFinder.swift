import Bytes
import Dispatch
import Glibc
public import MediaClient
import MediaJobs
import Pixels
public import Watermark

/// Looks for the visible mark of one delivered file in a copy of it.
///
/// The path follows from the secret and the file's name alone (`WatermarkSecret.pathSeed`). The letters
/// are drawn by the sandboxed process, which has the font, on a grey picture; the frames it decodes are
/// compared here, where the key is.
public struct VisibleMarkFinder: Sendable {
  /// What is looked for.
  public struct Subject: Sendable {
    /// The delivered file's name: a job's id, or a picture's.
    public var asset: String
    /// Pixels of the delivered file; nil where it is taken to have the copy's size.
    public var size: (width: Int, height: Int)?
    /// The second of the delivered file at which the copy begins.
    public var start: Double
    /// What the invisible mark says of how the copy was scaled and turned.
    public var finding: WatermarkFinding?
    public var text: String

    public init(
      asset: String, size: (width: Int, height: Int)? = nil, start: Double = 0,
      finding: WatermarkFinding? = nil, text: String = VisibleMarkFinder.text
    ) {
      self.asset = asset
      self.size = size
      self.start = start
      self.finding = finding
      self.text = text
    }
  }

  /// What marks say unless told otherwise.
  public static let text = "AI generated"
  /// Half a second apart, for two minutes; then farther apart.
  private static let plan = SamplePlan(
    everySeconds: 0.5, sceneCuts: false, maximumSide: 640, maximumFrames: 240, audio: false)

  private let media: MediaClient

  public init(media: MediaClient) { self.media = media }

  /// - Returns: where the mark should be and is; `cannot say` where the subject's size is too small for
  ///   a mark.
  public func find(
    _ subject: Subject, in path: String, secret: WatermarkSecret
  ) async throws(MediaFailure) -> VisibleMarkSearch.Finding {
    let (info, pictures) = try await frames(of: path)
    guard let first = pictures.first?.image,
      let visiblePath = VisiblePath(seed: secret.pathSeed(of: subject.asset))
    else { return .none }
    let size = subject.size ?? (info.width, info.height)
    guard
      let glyphs = try await glyphs(subject, width: size.width, height: size.height),
      let geometry = MarkGeometry(
        frameWidth: size.width, frameHeight: size.height, glyphs: glyphs, path: visiblePath)
    else { return .none }
    let sampled = Double(first.width) / Double(max(info.width, 1))
    let scale = sampled * Self.scale(of: info, size, subject.finding)
    let isMirrored = subject.finding?.isMirrored == true
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        let frames = pictures.filter {
          $0.image.width == first.width && $0.image.height == first.height
        }.map {
          VisibleMarkSearch.Frame(
            time: $0.time + subject.start, luma: Self.luma($0.image, isMirrored: isMirrored))
        }
        continuation.resume(
          returning: VisibleMarkSearch(geometry: geometry, scale: scale).finding(in: frames))
      }
    }
  }

  private func frames(
    of path: String
  ) async throws(MediaFailure) -> (MediaInfo, [(time: Double, image: RGBImage)]) {
    let info = try await media.probe(path)
    if info.durationSeconds == nil, !info.isAnimated {
      let picture = try await media.decodeImage(path, maximumSide: Self.plan.maximumSide)
      return (picture.info, [(0, picture.image)])
    }
    let sample = try await media.sample(path, plan: Self.plan)
    return (sample.info, sample.frames.map { ($0.time, $0.image) })
  }

  /// Pixels of the copy for one of the delivered file's: by the invisible mark where it was cut, by the
  /// sides where it was not.
  private static func scale(
    of info: MediaInfo, _ size: (width: Int, height: Int), _ finding: WatermarkFinding?
  ) -> Double {
    let across = Double(info.width) / Double(size.width)
    let down = Double(info.height) / Double(size.height)
    let short = Double(min(info.width, info.height)) / Double(min(size.width, size.height))
    guard let finding, finding.verdict != .none, finding.scale > 0 else {
      return abs(across / down - 1) < 0.02 ? (across + down) / 2 : short
    }
    let told = short / finding.scale
    // A whole frame's sides are more exact than any search.
    return abs(across / told - 1) < 0.015 && abs(down / told - 1) < 0.015
      ? (across + down) / 2 : told
  }

  private static func luma(_ image: RGBImage, isMirrored: Bool) -> FloatPlane {
    var values = [Float](repeating: 0, count: image.width * image.height)
    image.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<image.height {
        for x in 0..<image.width {
          let source = 3 * (y * image.width + (isMirrored ? image.width - 1 - x : x))
          values[y * image.width + x] =
            0.299 * Float(pixels[source]) + 0.587 * Float(pixels[source + 1])
            + 0.114 * Float(pixels[source + 2])
        }
      }
    }
    return FloatPlane(width: image.width, height: image.height, values: values)!
  }

  // MARK: Letters

  private static let grey: UInt8 = 128

  /// The letters as the sandboxed process draws them on grey; nil where they do not fit.
  private func glyphs(
    _ subject: Subject, width: Int, height: Int
  ) async throws(MediaFailure) -> GlyphMask? {
    let folder: String
    do { folder = try TemporaryPlace.makeFolder(for: "mark") } catch {
      throw .refused(MediaRefusal(.outputFailed, "A small picture could not be written: \(error)."))
    }
    let (blank, marked) = ("\(folder)/blank.png", "\(folder)/marked.png")
    defer {
      unlink(blank)
      unlink(marked)
      rmdir(folder)
    }
    let pixels = [UInt8](repeating: Self.grey, count: width * height * 3)
    guard let image = RGBImage(width: width, height: height, pixels: pixels) else { return nil }
    do {
      let sink = try FileByteSink(path: blank, mode: 0o600)
      try sink.write(PlainPNG.encode(image))
      try sink.commit()
    } catch {
      throw .refused(MediaRefusal(.outputFailed, "A small picture could not be written: \(error)."))
    }
    do {
      _ = try await media.still(
        blank, output: marked,
        request: StillRequest(
          format: .png,
          mark: MarkRequest(
            text: subject.text, seed: [UInt8](repeating: 0, count: MarkRequest.seedLength))))
    } catch {
      guard case .refused = error else { throw error }
      return nil
    }
    let drawn = try await media.decodeImage(marked, maximumSide: Int(Int32.max)).image
    return Self.letters(in: drawn)
  }

  /// On grey the plate is the darkest there is, and the letters are the brightest.
  private static func letters(in image: RGBImage) -> GlyphMask? {
    let values = stride(from: 1, to: image.pixels.count, by: 3).map { image.pixels[$0] }
    guard let dark = values.min(), let bright = values.max(), bright > grey, dark < grey else {
      return nil
    }
    let span = Float(bright) - Float(dark)
    // Outside the plate is grey, which would pass for half-covered: only what lies inside counts.
    var coverage = [UInt8](repeating: 0, count: values.count)
    for y in 0..<image.height {
      let row = values[y * image.width..<(y + 1) * image.width]
      guard let first = row.firstIndex(where: { $0 == dark }),
        let last = row.lastIndex(where: { $0 == dark })
      else { continue }
      for index in first...last {
        coverage[index] = UInt8(((Float(values[index]) - Float(dark)) / span * 255).rounded())
      }
    }
    return GlyphMask(width: image.width, height: image.height, coverage: coverage)?.trimmed()
  }
}
