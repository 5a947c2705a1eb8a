import MediaClient
import MediaJobs
import PKI

/// The core that needs no GPU and no cloud: Assay's own renderer. It draws moving pictures seeded
/// by the prompt and speaks quoted words; it understands nothing of the prompt, and says so.
public struct BuiltInCore: GenerationCore {
  public static let name = "Assay built-in renderer"
  /// Rises when the same request would give another picture.
  public static let version = "1"
  /// Spoken words are capped: twelve seconds hold about thirty, and a voice that outlasts its clip
  /// is cut.
  static let dialogueLimit = 400

  private let media: any MediaWorking

  public init(media: any MediaWorking) { self.media = media }

  public var identity: CoreIdentity {
    CoreIdentity(
      name: Self.name, version: Self.version,
      // Drawn by an algorithm that was not trained on anything: C2PA 2.4, IPTC digital source type.
      digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
      isModel: false)
  }

  public func generate(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    let wish = request.request
    guard wish.operation == .create else {
      throw .unsupported(detail: "the built-in renderer makes new clips only")
    }
    let job = SynthesisRequest(
      prompt: wish.prompt, seed: Self.seed(of: wish), width: wish.size.width,
      height: wish.size.height, seconds: Double(wish.seconds), caption: Self.caption(of: wish),
      dialogue: Self.dialogue(in: wish.prompt), referenceImage: wish.reference != nil)
    do {
      let outcome = try await media.draw(
        job, referenceImage: wish.reference?.path, output: path,
        progress: { part in Task { await request.reportProgress(Int(part * 100)) } })
      return GeneratedClip(scene: outcome.notes.first, model: nil)
    } catch {
      throw GenerationFailure(error)
    }
  }

  /// One moment of a clip: the renderer knows no other way to draw.
  public func drawStill(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    let wish = request.request
    let clip = path + ".mp4"
    let job = SynthesisRequest(
      prompt: wish.prompt, seed: Self.seed(of: wish), width: wish.size.width,
      height: wish.size.height, seconds: 0.5, caption: Self.caption(of: wish),
      referenceImage: wish.reference != nil)
    do {
      let outcome = try await media.draw(
        job, referenceImage: wish.reference?.path, output: clip, progress: { _ in })
      try await media.picture(of: clip, output: path, request: StillRequest(format: .png))
      return GeneratedClip(scene: outcome.notes.first, model: nil)
    } catch {
      throw GenerationFailure(error)
    }
  }

  public func speak(
    _ order: SpeechOrder, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    do {
      try await media.readAloud(order.speech, output: path)
      return GeneratedClip(scene: nil, model: nil)
    } catch {
      throw GenerationFailure(error)
    }
  }

  /// The same request gives the same clip; `seed` among the extra fields asks for another one.
  public static func seed(of request: VideoRequest) -> UInt64 {
    let text = "\(request.prompt)\0\(request.extras["seed"] ?? "")"
    return HashAlgorithm.sha256.digest(Array(text.utf8)).prefix(8).reduce(0) {
      $0 << 8 | UInt64($1)
    }
  }

  /// `caption`: the text to show; `true` or `prompt` shows the prompt itself.
  static func caption(of request: VideoRequest) -> String? {
    guard let wish = request.extras["caption"], !wish.isEmpty else { return nil }
    switch wish {
    case "true", "prompt": return request.prompt
    case "false": return nil
    default: return wish
    }
  }

  /// Whatever stands between double quotes, straight or typographic, in order.
  static func dialogue(in prompt: String) -> [String] {
    var lines: [String] = []
    var current: String?
    var spoken = 0
    for character in prompt {
      switch (character, current) {
      case ("\"", nil), ("“", nil), ("„", nil), ("«", nil): current = ""
      case ("\"", let line?), ("”", let line?), ("“", let line?), ("»", let line?):
        let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if !words.isEmpty, spoken + words.count <= dialogueLimit {
          lines.append(words)
          spoken += words.count
        }
        current = nil
      case (_, let line?): current = line + String(character)
      case (_, nil): continue
      }
    }
    return lines
  }
}

extension GenerationFailure {
  fileprivate init(_ failure: MediaFailure) {
    switch failure {
    case .timedOut: self = .deadlineExceeded(detail: failure.sentence)
    case _ where failure.isFinal: self = .unsupported(detail: failure.sentence)
    default: self = .unavailable(detail: failure.sentence)
    }
  }
}
