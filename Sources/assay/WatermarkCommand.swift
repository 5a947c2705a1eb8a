import ArgumentParser
import MediaClient
import MediaJobs
import Provenance
import StrictJSON
import Watermark

/// `assay watermark`: the invisible mark by itself, without the gateway.
struct WatermarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watermark",
    abstract: "Embed an invisible mark into a clip, picture or recording, or look for one.",
    subcommands: [Embed.self, Detect.self])

  struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a file again with an invisible mark that carries an id.",
      discussion: """
        Reads MP4, MOV, MKV, WebM, PNG, JPEG and WebP; clips become H.264 in MP4, pictures keep their \
        format. With --sound, the sound of a clip or recording (WAV, MP3, FLAC, OGG, M4A too) is marked \
        instead and encoded anew; pictures stay as they are. The file is read back afterwards; where the scene drowns the mark, it is written \
        again with an emphasis that answers the scene. Prints what a search finds, and wrong_bits, the \
        share of coded bits that the scene still drowns; faint means that copies may lose the id.
        Exit codes: 0 marked and read back, 1 written but the mark cannot be read in it (a picture \
        that is too small or too dark), 64 usage, 66 a file cannot be read, 70 internal, 75 try again.
        """)

    @Argument(help: "The clip, picture or recording.") var input: String
    @Argument(help: "Where the marked file goes.") var output: String
    @Option(help: "The id: 16 hexadecimal digits.") var id: String
    @Option(
      help: "A file with the secret: 64 hexadecimal digits, or at least 16 bytes of any kind.")
    var key: String
    @Option(help: "The least luma PSNR of each frame in dB, 20 to 80 (default 45.2).")
    var psnr: Double?
    @Flag(help: "Clips: FFV1 in Matroska, so that nothing but the mark changes; for measuring.")
    var lossless = false
    @Flag(help: "Mark the sound, and leave pictures alone.")
    var sound = false

    func validate() throws {
      if sound, lossless || psnr != nil {
        throw ValidationError("--sound goes with neither --psnr nor --lossless")
      }
      guard WatermarkID.parse(id) != nil else {
        throw ValidationError("--id takes 16 hexadecimal digits, not \(id)")
      }
      if let psnr, !(20...80).contains(psnr) {
        throw ValidationError("--psnr takes a number from 20 to 80")
      }
    }

    func run() async throws {
      guard let id = WatermarkID.parse(id) else { return }
      let secret = try SecretFile.read(key)
      if sound { return try await embedSound(id, secret) }
      let written = try await WatermarkFiles.media(input) { client throws(MediaFailure) in
        try await WatermarkWriter(secret: secret, media: client)
          .embed(id, in: input, output: output, psnr: psnr, isLossless: lossless)
      }
      let reading: [JSONValue.Member] = [
        .init("wrong_bits", .real(WatermarkFiles.rounded(written.reading.wrongBits, 10_000))),
        .init("faint", .bool(written.reading.isFaint)),
      ]
      print(WatermarkFiles.json(written.finding, file: output, keys: [key], reading))
      guard written.finding.verdict == .readable, written.finding.id == id else {
        throw ExitCode(1)
      }
    }

    private func embedSound(_ id: UInt64, _ secret: WatermarkSecret) async throws {
      let finding = try await WatermarkFiles.media(input) { client throws(MediaFailure) in
        try await client.markSound(input, output: output, request: secret.soundMark(id: id))
        return try await SoundMarkSearch(secrets: [secret]).find(in: output, media: client)
      }
      guard let finding else { throw ExitCode(1) }
      print(WatermarkFiles.line(WatermarkFiles.fields(finding, keys: [key]), file: output))
      guard finding.verdict == .readable, finding.id == id else { throw ExitCode(1) }
    }
  }

  struct Detect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Look for an invisible mark.",
      discussion: """
        Prints one line of JSON: verdict (readable, present, none), id, sync (correlation in standard \
        deviations of an unmarked picture's), bound (on the probability of another verdict than none \
        for a file without a mark), and how the file was turned and scaled since it was marked. For \
        recordings the same of their sound, with its speed, and the audible disclosure that they begin \
        with (kind, start) or null; for clips that have sound, that stands under "sound".
        Exit codes: 0 readable, in pictures or sound, 1 a mark is there but its id is lost, 2 none, 64 usage, 66 the file \
        cannot be read, 70 internal, 75 try again.
        """)

    @Argument(help: "The clip, picture or recording.") var file: String
    @Option(help: "A file with a secret; several may be named, the present one first.")
    var key: [String] = []
    @Argument(help: ArgumentHelp("More files with secrets, after --key.", valueName: "key"))
    var moreKeys: [String] = []

    func validate() throws {
      if key.isEmpty { throw ValidationError("--key names the file with the secret") }
    }

    func run() async throws {
      let keys = key + moreKeys
      let secrets = try keys.map(SecretFile.read)
      let found = try await WatermarkFiles.media(file) { client throws(MediaFailure) in
        try await MarkSearch(secrets: secrets).find(in: file, media: client)
      }
      let sound = found.sound.map { WatermarkFiles.fields($0, keys: keys) }
      if let pictures = found.pictures {
        let further: [JSONValue.Member] = sound.map { [.init("sound", .object($0))] } ?? []
        print(WatermarkFiles.json(pictures, file: file, keys: keys, further))
      } else {
        let heard: [JSONValue.Member] = [
          .init("disclosure", found.disclosure?.json ?? .null)
        ]
        print(WatermarkFiles.line((sound ?? []) + heard, file: file))
      }
      let verdicts = [found.pictures?.verdict, found.sound?.verdict]
      if verdicts.contains(.readable) { return }
      throw ExitCode(verdicts.contains(.present) ? 1 : 2)
    }
  }
}

/// What the two commands share.
private enum WatermarkFiles {
  static func media<Answer: Sendable>(
    _ input: String, _ work: (MediaClient) async throws(MediaFailure) -> Answer
  ) async throws -> Answer {
    do {
      return try await work(MediaClient())
    } catch {
      SigningFiles.complain("\(input): \(error.sentence)")
      throw ExitCode(error.exitCode)
    }
  }

  static func json(
    _ finding: WatermarkFinding, file: String, keys: [String], _ more: [JSONValue.Member] = []
  ) -> String {
    // Where nothing was found, the best of many guesses says nothing about the file.
    func ifFound(_ value: JSONValue) -> JSONValue { finding.verdict == .none ? .null : value }
    let line: JSONValue = .object(
      [
        .init("file", .string(file)),
        .init("verdict", .string(finding.verdict.rawValue)),
        .init("id", finding.id.map { .string(WatermarkID.text($0)) } ?? .null),
        .init("sync", .real(rounded(finding.sync, 100))),
        .init("bound", .real(finding.bound)),
        .init("algorithm", .string(WatermarkSecret.algorithm)),
        .init("key", finding.key.map { .string(keys[$0]) } ?? .null),
        .init("scale", ifFound(.real(rounded(finding.scale, 10_000)))),
        .init("rotation", ifFound(.real(rounded(finding.rotation, 100)))),
        .init("mirrored", ifFound(.bool(finding.isMirrored))),
      ] + more)
    return String(decoding: line.canonical, as: UTF8.self)
  }

  static func line(_ fields: [JSONValue.Member], file: String) -> String {
    String(
      decoding: JSONValue.object([.init("file", .string(file))] + fields).canonical, as: UTF8.self)
  }

  static func fields(_ finding: SoundMarkFinding, keys: [String]) -> [JSONValue.Member] {
    [
      .init("verdict", .string(finding.verdict.rawValue)),
      .init("id", finding.id.map { .string(WatermarkID.text($0)) } ?? .null),
      .init("sync", .real(rounded(finding.sync, 100))),
      .init("bound", .real(finding.bound)),
      .init("algorithm", .string(WatermarkSecret.soundAlgorithm)),
      .init("key", finding.key.map { .string(keys[$0]) } ?? .null),
      .init("speed", finding.verdict == .none ? .null : .real(rounded(finding.speed, 10_000))),
    ]
  }

  static func rounded(_ value: Double, _ steps: Double) -> Double {
    (value * steps).rounded() / steps
  }
}

extension MediaFailure {
  /// 66 for the file's fault, 75 for what may pass, 70 for ours.
  fileprivate var exitCode: Int32 {
    switch self {
    case .file: 66
    case .timedOut, .cancelled: 75
    case .unavailable: 70
    case .refused, .crashed, .overBudget: isFinal ? 66 : 70
    }
  }
}
