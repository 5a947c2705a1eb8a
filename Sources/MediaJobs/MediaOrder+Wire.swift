import Bytes
import StrictJSON

extension MediaOrder {
  public var message: MediaMessage {
    MediaMessage(
      header: ["job": .string(job.name), "request": job.fields, "budget": budget.fields])
  }

  public init(_ message: MediaMessage) throws(MediaWireError) {
    let fields = HeaderFields(message.header)
    self.init(
      job: try MediaJob(name: fields.text("job"), fields: fields.object("request")),
      budget: try MediaBudget(fields: fields.object("budget")))
  }
}

extension MediaJob {
  var fields: JSONValue {
    switch self {
    case .probe: [:]
    case .sample(let plan):
      [
        "every_seconds": .real(plan.everySeconds), "first": .bool(plan.includeFirst),
        "last": .bool(plan.includeLast), "scene_cuts": .bool(plan.sceneCuts),
        "maximum_side": .integer(plan.maximumSide), "maximum_frames": .integer(plan.maximumFrames),
        "audio": .bool(plan.audio),
      ]
    case .decodeImage(let maximumSide): ["maximum_side": .integer(maximumSide)]
    case .thumbnail(let request):
      request.fields
    case .still(let request):
      headerObject([
        ("format", .string(request.format.rawValue)), ("quality", .integer(request.quality)),
        ("mark", request.mark.map { MediaJob.mark($0).fields }),
      ])
    case .hear, .soundPrint: [:]
    case .speak(let request):
      [
        "text": .string(request.text), "voice": .string(request.voice),
        "speed": .real(request.speed), "format": .string(request.format.rawValue),
      ]
    case .synthesize(let request):
      headerObject([
        ("prompt", .string(request.prompt)), ("seed", .string(String(request.seed))),
        ("width", .integer(request.width)), ("height", .integer(request.height)),
        ("seconds", .real(request.seconds)), ("frame_rate", .integer(request.frameRate)),
        ("caption", request.caption.map { .string($0) }),
        ("dialogue", .array(request.dialogue.map { .string($0) })),
        ("reference_image", .bool(request.referenceImage)),
      ])
    case .mark(let request):
      headerObject([
        ("text", .string(request.text)), ("handle", request.handle.map { .string($0) }),
        ("seed", .string(Hex.encode(request.seed))), ("invisible", request.invisible?.fields),
      ])
    case .readBack(let request):
      [
        "mark": MediaJob.mark(request.mark).fields, "residual": .bool(request.residual),
        "signatures": .bool(request.signatures), "thumbnail": request.thumbnail.fields,
        "sheet": request.sheet.fields,
      ]
    case .embed(let request):
      ["mark": request.mark.fields, "lossless": .bool(request.isLossless)]
    case .residual: [:]
    case .markSound(let request): ["codes": .string(Int16Text.encode(request.codes))]
    case .disclose(let request):
      [
        "words": .string(Int16Text.encode(request.words)),
        "format": .string(request.format.rawValue),
      ]
    }
  }

  init(name: String, fields: HeaderFields) throws(MediaWireError) {
    switch name {
    case "probe": self = .probe
    case "sample":
      let everySeconds = try fields.number("every_seconds")
      guard everySeconds > 0 else { throw fields.wrong("every_seconds") }
      self = .sample(
        SamplePlan(
          everySeconds: everySeconds, includeFirst: try fields.bool("first"),
          includeLast: try fields.bool("last"), sceneCuts: try fields.bool("scene_cuts"),
          maximumSide: try fields.integer("maximum_side", in: 1...Int(Int32.max)),
          maximumFrames: try fields.integer("maximum_frames", in: 1...Int(Int32.max)),
          audio: try fields.bool("audio")))
    case "decode_image":
      self = .decodeImage(
        maximumSide: try fields.integer("maximum_side", in: 1...Int(Int32.max)))
    case "thumbnail":
      self = .thumbnail(try ThumbnailRequest(fields: fields))
    case "still":
      guard let format = StillRequest.Format(rawValue: try fields.text("format")) else {
        throw fields.wrong("format")
      }
      self = .still(
        StillRequest(
          format: format, quality: try fields.integer("quality", in: 0...100),
          mark: fields.has("mark") ? try MarkRequest(fields: fields.object("mark")) : nil))
    case "hear": self = .hear
    case "sound_print": self = .soundPrint
    case "speak":
      let text = try fields.text("text")
      guard let format = SpeechRequest.Format(rawValue: try fields.text("format")) else {
        throw fields.wrong("format")
      }
      guard text.unicodeScalars.count <= SpeechRequest.maximumCharacters else {
        throw fields.wrong("text")
      }
      self = .speak(
        SpeechRequest(
          text: text, voice: try fields.text("voice"), speed: try fields.number("speed"),
          format: format))
    case "synthesize":
      guard let seed = UInt64(try fields.text("seed")) else { throw fields.wrong("seed") }
      self = .synthesize(
        SynthesisRequest(
          prompt: try fields.text("prompt"), seed: seed, width: try fields.integer("width"),
          height: try fields.integer("height"), seconds: try fields.number("seconds"),
          frameRate: try fields.integer("frame_rate"),
          caption: try fields.optionalText("caption"), dialogue: try fields.texts("dialogue"),
          referenceImage: try fields.bool("reference_image")))
    case "mark":
      self = .mark(try MarkRequest(fields: fields))
    case "read_back":
      self = .readBack(
        ReadBackRequest(
          mark: try MarkRequest(fields: fields.object("mark")),
          residual: try fields.bool("residual"), signatures: try fields.bool("signatures"),
          thumbnail: try ThumbnailRequest(fields: fields.object("thumbnail")),
          sheet: try SpriteSheetRequest(fields: fields.object("sheet"))))
    case "embed":
      self = .embed(
        EmbedRequest(
          mark: try InvisibleMark(fields: fields.object("mark")),
          isLossless: try fields.bool("lossless")))
    case "residual": self = .residual
    case "mark_sound":
      guard
        let codes = Int16Text.decode(
          try fields.text("codes"), count: SoundMarkRequest.codeCount)
      else { throw fields.wrong("codes") }
      self = .markSound(SoundMarkRequest(codes: codes))
    case "disclose":
      guard let format = SpeechRequest.Format(rawValue: try fields.text("format")) else {
        throw fields.wrong("format")
      }
      guard
        let words = Int16Text.decode(
          try fields.text("words"), atMost: DisclosureRequest.maximumSamples)
      else { throw fields.wrong("words") }
      self = .disclose(DisclosureRequest(words: words, format: format))
    default: throw MediaWireError("no job is called \"\(name)\"")
    }
  }
}

extension ThumbnailRequest {
  fileprivate var fields: JSONValue {
    headerObject([
      ("time", time.map { .real($0) }), ("maximum_side", .integer(maximumSide)),
      ("quality", .integer(quality)),
    ])
  }

  fileprivate init(fields: HeaderFields) throws(MediaWireError) {
    self.init(
      time: try fields.optionalNumber("time"),
      maximumSide: try fields.integer("maximum_side", in: 1...Int(Int32.max)),
      quality: try fields.integer("quality", in: 0...100))
  }
}

extension SpriteSheetRequest {
  fileprivate var fields: JSONValue {
    [
      "columns": .integer(columns), "rows": .integer(rows), "tile_side": .integer(tileSide),
      "quality": .integer(quality),
    ]
  }

  fileprivate init(fields: HeaderFields) throws(MediaWireError) {
    self.init(
      columns: try fields.integer("columns", in: 1...20),
      rows: try fields.integer("rows", in: 1...20),
      tileSide: try fields.integer("tile_side", in: 16...1024),
      quality: try fields.integer("quality", in: 0...100))
  }
}

extension MarkRequest {
  init(fields: HeaderFields) throws(MediaWireError) {
    guard let seed = Hex.decode(try fields.text("seed")), seed.count == MarkRequest.seedLength
    else { throw fields.wrong("seed") }
    self.init(
      text: try fields.text("text"), handle: try fields.optionalText("handle"), seed: seed,
      invisible: fields.has("invisible")
        ? try InvisibleMark(fields: fields.object("invisible")) : nil)
  }
}

/// Numbers as base64 of their bytes, the less significant one first.
private enum Int16Text {
  static func encode(_ numbers: [Int16]) -> String {
    Base64.encode(
      numbers.flatMap { number -> [UInt8] in
        let bits = UInt16(bitPattern: number)
        return [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
      })
  }

  /// Nil unless there are exactly `count`.
  static func decode(_ text: String, count: Int) -> [Int16]? {
    guard let numbers = decode(text, atMost: count), numbers.count == count else { return nil }
    return numbers
  }

  static func decode(_ text: String, atMost limit: Int) -> [Int16]? {
    guard let bytes = Base64.decode(text), bytes.count.isMultiple(of: 2), bytes.count <= 2 * limit
    else { return nil }
    return (0..<bytes.count / 2).map {
      Int16(bitPattern: UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8)
    }
  }
}

extension InvisibleMark {
  var fields: JSONValue {
    headerObject([
      ("tile", .string(Int16Text.encode(tile))), ("psnr", psnr.map { .real($0) }),
    ])
  }

  init(fields: HeaderFields) throws(MediaWireError) {
    guard let tile = Int16Text.decode(try fields.text("tile"), count: Self.tileCount) else {
      throw fields.wrong("tile")
    }
    let psnr = try fields.optionalNumber("psnr")
    if let psnr, !(20...80).contains(psnr) { throw fields.wrong("psnr") }
    self.init(tile: tile, psnr: psnr)
  }
}

extension MediaBudget {
  var fields: JSONValue {
    [
      "maximum_pixels": .integer(maximumPixels), "maximum_streams": .integer(maximumStreams),
      "maximum_seconds": .real(maximumSeconds), "maximum_input_bytes": .integer(maximumInputBytes),
      "wall_clock_seconds": .real(wallClockSeconds), "cpu_seconds": .integer(cpuSeconds),
      "memory_bytes": .integer(memoryBytes), "output_bytes": .integer(outputBytes),
    ]
  }

  init(fields: HeaderFields) throws(MediaWireError) {
    self.init()
    maximumPixels = try fields.integer("maximum_pixels")
    maximumStreams = try fields.integer("maximum_streams", in: 0...Int(Int32.max))
    maximumSeconds = try fields.number("maximum_seconds")
    maximumInputBytes = try fields.integer("maximum_input_bytes")
    wallClockSeconds = try fields.number("wall_clock_seconds")
    cpuSeconds = try fields.integer("cpu_seconds")
    memoryBytes = try fields.integer("memory_bytes")
    outputBytes = try fields.integer("output_bytes")
  }
}
