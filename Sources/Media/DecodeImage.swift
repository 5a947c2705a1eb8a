import CFFmpeg
import Glibc
import MediaJobs

/// The first picture of an image file.
enum ImageDecoder {
  static func run(
    maximumSide: Int, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.picture])
    let frame = try firstFrame(of: input)
    let rotation = ExifOrientation.rotation(of: frame)
    let image = try PixelScaler().picture(frame, maximumSide: maximumSide, rotation: rotation)
    var info = try Prober.info(of: input)
    (info.width, info.height) = rotation.size(frame.width, frame.height)
    info.rotation = rotation.degrees
    info.isAnimated = try Animation.hasMorePictures(input)
    try context.answers.send(.info(info))
    try context.answers.send(.frame(SampledFrame(time: 0, isSceneCut: false, image: image)))
    return MediaOutcome(frames: 1)
  }

  /// The first frame that the input's video stream decodes to.
  static func firstFrame(of input: MediaInput) throws(MediaRefusal) -> Frame {
    let index = try input.pictureStream()
    let decoder = try input.decoder(for: index)
    let frame = try Frame()
    let packet = try Packet()
    var hasMore = true
    while hasMore {
      hasMore = try input.read(packet)
      if hasMore, Int(packet.pointer.pointee.stream_index) != index { continue }
      try FFmpeg.check(
        avcodec_send_packet(decoder.pointer, hasMore ? packet.pointer : nil), .malformed,
        "decode the picture, which may be damaged or cut short")
      if try decoder.receiveFrame(frame) == .got { return frame }
    }
    throw MediaRefusal(
      .malformed, "The picture could not be decoded; it may be damaged or cut short.")
  }
}

/// Pictures behind the first one, which nobody has looked at.
enum Animation {
  /// A PNG file has fewer chunks before its first picture than this, or it is no honest one.
  private static let chunkLimit = 1000

  /// Called after the first picture was read.
  static func hasMorePictures(_ input: MediaInput) throws(MediaRefusal) -> Bool {
    switch input.format {
    // libav's decoder does not know animated WebP: those were refused as damaged.
    case .mov, .matroska, .jpeg, .webp, .wav, .mp3, .flac, .ogg: return false
    case .png: return hasAnimationControl()
    case .gif: return try input.read(try Packet())
    }
  }

  /// PNG, third edition, §11.3.6.1: acTL stands before the first IDAT.
  private static func hasAnimationControl() -> Bool {
    var offset: off_t = 8
    for _ in 0..<chunkLimit {
      var head = [UInt8](repeating: 0, count: 8)
      guard pread(JobContext.inputDescriptor, &head, 8, offset) == 8 else { return false }
      let type = String(decoding: head[4...], as: UTF8.self)
      if type == "acTL" { return true }
      if type == "IDAT" { return false }
      offset += 12 + head[..<4].reduce(0) { $0 << 8 | off_t($1) }
    }
    return true
  }
}

/// The Exif tag Orientation (0x0112) that cameras set instead of turning the picture. Mirrored values
/// are read as their unmirrored neighbours.
enum ExifOrientation {
  static func rotation(of frame: Frame) -> Rotation {
    guard let entry = av_dict_get(frame.pointer.pointee.metadata, "Orientation", nil, 0),
      let text = entry.pointee.value,
      let value = Int(String(cString: text).filter { $0.isNumber })
    else { return Rotation(degrees: 0) }
    switch value {
    case 3, 4: return Rotation(degrees: 180)
    case 5, 6: return Rotation(degrees: 90)
    case 7, 8: return Rotation(degrees: 270)
    default: return Rotation(degrees: 0)
    }
  }
}
