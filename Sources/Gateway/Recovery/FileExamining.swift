import Bytes
import C2PA
import Hummingbird
import MediaClient
import Moderation
import NIOCore
import NIOPosix
import OutputStore
import PKI
import Provenance
import Watermark

/// Files of strangers that are looked at and forgotten: spooled, decoded in the sandbox, judged,
/// deleted.
struct FileExamining: Sendable {
  /// A clip as this gateway makes them takes some megabytes; what people pass on is not larger.
  static let byteLimit = 100 << 20

  let workspace: Workspace
  let outputs: OutputStore
  let secrets: [WatermarkSecret]
  let media: MediaClient
  let trust: TrustConfiguration

  /// Spools the body of a request, and deletes it when `work` is done.
  func withUpload<Answer>(
    _ request: Request, _ work: (String) async throws -> Answer
  ) async throws -> Answer {
    try await withFolder { folder in
      let writer = try SpoolWriter(path: workspace.upload(folder, name: "upload"))
      if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.byteLimit
      {
        throw Self.tooLarge
      }
      var count = 0
      for try await chunk in request.body {
        count += chunk.readableBytes
        guard count <= Self.byteLimit else { throw Self.tooLarge }
        try await writer.write(chunk)
      }
      guard count > 0 else {
        throw APIError(.badRequest, "The body is empty; send the file.", code: "empty_file")
      }
      return try await work(writer.path)
    }
  }

  /// A folder of its own for one request.
  func withFolder<Answer>(_ work: (String) async throws -> Answer) async throws -> Answer {
    let id = "look_\(Hex.encode(SecureRandom.bytes(16)))"
    try workspace.prepare(id)
    defer { workspace.sweepQuarantine(id) }
    return try await work(id)
  }

  static let tooLarge = APIError.tooLarge(
    "file", "The file is larger than \(byteLimit >> 20) MB; more is not looked at here.")

  /// One verdict on a file.
  func examine(_ path: String, name: String?) async throws -> Examination {
    let verifier = Verifier(trust: trust, at: WallClock.seconds())
    let report = try await NIOThreadPool.singleton.runIfActive {
      verifier.verify(try FileByteSource(path: path), name: name)
    }
    return await FileExaminer(
      verifier: verifier, secrets: secrets, media: media, lookup: outputs
    ).examine(path, report)
  }

  /// The outputs that a file is a copy of: by its mark, if the pictures do not say otherwise, by its
  /// look, and those that are heard in it.
  ///
  /// - Parameter hint: an id that the caller has read already.
  /// - Returns: nil when the file cannot be decoded.
  func copies(_ path: String, hint: UInt64?) async throws -> [OutputCopy]? {
    let prints: FilePrints
    do {
      prints = try await media.prints(of: path)
    } catch {
      guard error.isFinal else { throw error }
      return nil
    }
    var copies: [OutputCopy] = []
    // A mark can be laid over other pictures together with the sound it was under.
    var transplanted: [OutputStore.Output] = []
    if !secrets.isEmpty, let content = prints.look, content.width > 0 {
      var finding = try await WatermarkSearch(secrets: secrets).find(in: path, media: media)
      if finding.verdict != .readable { finding.id = hint }
      if let id = finding.id, let output = try await outputs.output(mark: id) {
        switch try await outputs.agreement(of: content, with: output, finding: finding) {
        case .same(let seconds):
          copies.append(OutputCopy(output: output, similarity: 100, seconds: seconds, basis: .mark))
        case .unknown:
          copies.append(
            OutputCopy(
              output: output, similarity: nil, seconds: nil, basis: .mark, isConfirmed: false))
        case .different: transplanted = [output]
        }
      }
    }
    if let content = prints.look {
      for match in try await outputs.search(content)
      where !copies.contains(where: { $0.output == match.output }) {
        copies.append(
          OutputCopy(
            output: match.output, similarity: match.similarity, seconds: match.seconds,
            basis: .look))
      }
    }
    copies += try await heard(in: prints, without: copies.map(\.output) + transplanted)
    guard prints.isRecording, !secrets.isEmpty else { return copies }
    var id = hint
    if let mark = try await SoundMarkSearch(secrets: secrets).find(in: path, media: media),
      mark.verdict == .readable
    {
      id = mark.id
    }
    if let id, let output = try await outputs.output(mark: id),
      !copies.contains(where: { $0.output == output })
    {
      copies.append(
        OutputCopy(output: output, similarity: nil, seconds: nil, basis: .mark, isConfirmed: false))
    }
    return copies
  }

  private func heard(
    in prints: FilePrints, without known: [OutputStore.Output]
  ) async throws -> [OutputCopy] {
    guard let sound = prints.sound else { return [] }
    var copies: [OutputCopy] = []
    for match in try await outputs.search(sound: sound)
    where !known.contains(match.output) {
      copies.append(
        OutputCopy(
          output: match.output, similarity: match.similarity, seconds: match.passage.seconds,
          basis: .sound, isConfirmed: prints.isRecording && match.passage.covers(sound)))
    }
    return copies
  }
}

/// An output that a file is a copy of.
struct OutputCopy: Sendable {
  let output: OutputStore.Output
  /// 0 to 100; nil where the mark says so and the pictures could not be compared.
  let similarity: Int?
  /// Of the output, where the file begins.
  let seconds: Double?
  let basis: Examination.Recovery.Basis
  /// False where a mark's pictures could not be compared, or where no more than a sound under pictures or
  /// a part of a recording is the output's.
  var isConfirmed = true
}
