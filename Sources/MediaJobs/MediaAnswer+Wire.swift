import Pixels
import StrictJSON

extension MediaAnswer {
  public var message: MediaMessage {
    switch self {
    case .progress(let fraction):
      MediaMessage(header: ["answer": "progress", "fraction": .real(fraction)])
    case .info(let info):
      MediaMessage(header: ["answer": "info", "info": info.fields])
    case .frame(let frame):
      MediaMessage(
        header: [
          "answer": "frame", "time": .real(frame.time), "scene_cut": .bool(frame.isSceneCut),
          "width": .integer(frame.image.width), "height": .integer(frame.image.height),
        ], body: frame.image.pixels)
    case .audio(let samples):
      MediaMessage(header: ["answer": "audio"], body: Self.bytes(of: samples))
    case .soundPrint(let words):
      MediaMessage(header: ["answer": "sound_print"], body: Self.bytes(of: words))
    case .residual(let plane):
      MediaMessage(
        header: [
          "answer": "residual", "width": .integer(plane.width), "height": .integer(plane.height),
        ], body: Self.bytes(of: plane.values))
    case .signatureSums(let sums):
      MediaMessage(header: ["answer": "signature_sums"], body: Self.bytes(of: sums))
    case .visibleMark(let score, let seconds):
      MediaMessage(
        header: ["answer": "visible_mark", "score": .real(score), "at": .real(seconds)])
    case .thumbnail(let file): MediaMessage(header: ["answer": "thumbnail"], body: file)
    case .sheet(let file): MediaMessage(header: ["answer": "sheet"], body: file)
    case .done(let outcome):
      MediaMessage(
        header: [
          "answer": "done", "frames": .integer(outcome.frames), "seconds": .real(outcome.seconds),
          "output_bytes": .integer(outcome.outputBytes),
          "notes": .array(outcome.notes.map { .string($0) }),
        ])
    case .failure(let refusal):
      MediaMessage(
        header: [
          "answer": "failure", "code": .string(refusal.code.rawValue),
          "sentence": .string(refusal.sentence),
        ])
    }
  }

  public init(_ message: MediaMessage) throws(MediaWireError) {
    let fields = HeaderFields(message.header)
    let kind = try fields.text("answer")
    switch kind {
    case "frame", "audio", "sound_print", "residual", "signature_sums", "thumbnail", "sheet": break
    default:
      guard message.body.isEmpty else { throw MediaWireError("a body where none belongs") }
    }
    switch kind {
    case "progress": self = .progress(min(max(try fields.number("fraction"), 0), 1))
    case "info": self = .info(try MediaInfo(fields: fields.object("info")))
    case "frame":
      guard
        let image = RGBImage(
          width: try fields.integer("width"), height: try fields.integer("height"),
          pixels: message.body)
      else { throw MediaWireError("a frame whose size is not that of its pixels") }
      self = .frame(
        SampledFrame(
          time: try fields.number("time"), isSceneCut: try fields.bool("scene_cut"), image: image))
    case "audio": self = .audio(try Self.samples(of: message.body))
    case "sound_print": self = .soundPrint(try Self.words(of: message.body))
    case "residual":
      guard
        let plane = FloatPlane(
          width: try fields.integer("width"), height: try fields.integer("height"),
          values: try Self.samples(of: message.body))
      else { throw MediaWireError("a residual whose size is not that of its numbers") }
      self = .residual(plane)
    case "signature_sums": self = .signatureSums(try Self.words(of: message.body))
    case "visible_mark":
      self = .visibleMark(score: try fields.number("score"), at: try fields.number("at"))
    case "thumbnail": self = .thumbnail(message.body)
    case "sheet": self = .sheet(message.body)
    case "done":
      self = .done(
        MediaOutcome(
          frames: try fields.integer("frames"), seconds: try fields.number("seconds"),
          outputBytes: try fields.integer("output_bytes"), notes: try fields.texts("notes")))
    case "failure":
      guard let code = MediaRefusal.Code(rawValue: try fields.text("code")) else {
        throw fields.wrong("code")
      }
      self = .failure(MediaRefusal(code, try fields.text("sentence")))
    default: throw MediaWireError("no answer is called \"\(kind)\"")
    }
  }

  /// IEEE 754 binary32, little-endian.
  private static func bytes(of samples: [Float]) -> [UInt8] { bytes(of: samples.map(\.bitPattern)) }

  private static func samples(of bytes: [UInt8]) throws(MediaWireError) -> [Float] {
    let samples = try words(of: bytes).map(Float.init(bitPattern:))
    guard samples.allSatisfy(\.isFinite) else { throw MediaWireError("a number that is none") }
    return samples
  }

  /// 32 bits each, least significant byte first.
  private static func bytes(of words: [UInt32]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * 4)
    for word in words {
      bytes.append(UInt8(truncatingIfNeeded: word))
      bytes.append(UInt8(truncatingIfNeeded: word >> 8))
      bytes.append(UInt8(truncatingIfNeeded: word >> 16))
      bytes.append(UInt8(truncatingIfNeeded: word >> 24))
    }
    return bytes
  }

  private static func words(of bytes: [UInt8]) throws(MediaWireError) -> [UInt32] {
    guard bytes.count.isMultiple(of: 4) else { throw MediaWireError("half a number") }
    var words: [UInt32] = []
    words.reserveCapacity(bytes.count / 4)
    for start in stride(from: 0, to: bytes.count, by: 4) {
      words.append(
        UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
          | UInt32(bytes[start + 3]) << 24)
    }
    return words
  }
}

extension MediaInfo {
  var fields: JSONValue {
    headerObject([
      ("container", .string(container)), ("duration_seconds", durationSeconds.map { .real($0) }),
      ("width", .integer(width)), ("height", .integer(height)), ("rotation", .integer(rotation)),
      ("frame_rate", frameRate.map { .real($0) }), ("video_codec", .string(videoCodec)),
      ("audio_codec", audioCodec.map { .string($0) }),
      ("frame_count", frameCount.map { .integer($0) }),
      (
        "streams",
        .array(streams.map { ["kind": .string($0.kind), "codec": .string($0.codec)] })
      ), ("animated", .bool(isAnimated)),
    ])
  }

  init(fields: HeaderFields) throws(MediaWireError) {
    var streams: [Stream] = []
    for item in try fields.array("streams") {
      let stream = HeaderFields(item)
      streams.append(Stream(kind: try stream.text("kind"), codec: try stream.text("codec")))
    }
    self.init(
      container: try fields.text("container"),
      durationSeconds: try fields.optionalNumber("duration_seconds"),
      width: try fields.integer("width", in: 1...Int(Int32.max)),
      height: try fields.integer("height", in: 1...Int(Int32.max)),
      rotation: try fields.integer("rotation", in: 0...359),
      frameRate: try fields.optionalNumber("frame_rate"),
      videoCodec: try fields.text("video_codec"),
      audioCodec: try fields.optionalText("audio_codec"),
      frameCount: try fields.optionalInteger("frame_count"), streams: streams,
      isAnimated: try fields.bool("animated"))
  }
}
