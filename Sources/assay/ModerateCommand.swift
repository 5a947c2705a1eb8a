import ArgumentParser
import Bytes
import C2PA
import Evidence
import Glibc
import MediaClient
import Moderation
import Policy
import StrictJSON
import VerifyCommands

/// `assay moderate`: what the policy says of a text, without a gateway.
struct ModerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "moderate",
    abstract: "Judge texts, pictures, recordings and clips by the policy in force.",
    discussion: """
      An argument that names a file is that file: a picture, a recording or a clip, judged by what \
      is seen and heard in it. Nothing is logged. With --jsonl, standard input holds one JSON object a line, \
      {"id","text","modality"}, and each is answered by one line, in order.
      Exit status: 0 allowed (with --jsonl: all lines were answered), 1 a text is held for review \
      or blocked, 64 a mistake on the command line, 66 a file, a line or the policy cannot be read.
      """)

  @Argument(help: "Texts, or files of pictures, recordings and clips; each is judged by itself.")
  var texts: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("A file whose whole content is one text.", valueName: "path"))
  var file: [String] = []

  @Flag(name: .long, help: "Read JSON lines from standard input.") var jsonl = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What the texts are to a clip: prompt, transcript, scene or text_in_frame. "
        + "(default: prompt)"),
    transform: Self.modality)
  var modality = TextModeration.Modality.prompt

  @OptionGroup var layers: PolicyLayers

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of the models. (default: $ASSAY_MODELS or .models)", valueName: "dir"))
  var models: String?

  @Flag(name: .long, help: "Print one JSON object a text.") var json = false

  func validate() throws {
    let isGiven = !texts.isEmpty || !file.isEmpty
    if jsonl, isGiven { throw ValidationError("--jsonl reads standard input: give no texts") }
    if !jsonl, !isGiven {
      throw ValidationError("give a text in quotes, --file, or --jsonl for standard input")
    }
  }

  func run() async throws {
    let contents = try file.map { (name: $0, text: try read($0)) }
    let media = texts.filter(Self.namesAFile)
    let policy = try loadPolicy()
    let folder = models ?? Environment["ASSAY_MODELS"] ?? ".models"
    var isStopped = try await judge(media, policy: policy, models: folder)
    let given = texts.filter { !media.contains($0) }.enumerated()
      .map { (name: "text \($0.offset + 1)", text: $0.element) }
    let all = given + contents
    if all.isEmpty, !jsonl {
      if isStopped { throw ExitCode(ExitStatus.refused) }
      return
    }
    let moderation = await TextModeration.loading(policy: policy, models: folder)
    if jsonl {
      try await answerLines(moderation)
      return
    }
    for (index, entry) in all.enumerated() {
      let judgement = await moderation.judge(entry.text, as: modality)
      isStopped = isStopped || judgement.answer > .allow
      if json {
        print(ModerateText.json(judgement, name: entry.name))
      } else {
        if all.count > 1 {
          print(index == 0 ? "" : "\n", DisplayText.neutralised(entry.name), separator: "")
        }
        print(ModerateText.text(judgement))
      }
    }
    if isStopped { throw ExitCode(ExitStatus.refused) }
  }

  private static func modality(_ name: String) throws -> TextModeration.Modality {
    guard let known = TextModeration.Modality(rawValue: name) else {
      throw ValidationError("there is no modality \(DisplayText.neutralised(name))")
    }
    return known
  }

  private func answerLines(_ moderation: TextModeration) async throws {
    let lines = StandardLines()
    var unanswered = 0
    // Twice as many rows as processors: the next text waits when the model is done with one.
    let width = 2 * max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)
    await moderation.answerRows(
      modality: modality, width: width, next: { await lines.next() },
      write: { answer in
        await lines.write(DisplayText.escapedJSON(answer.json.compact))
        if let problem = answer.problem {
          unanswered += 1
          complain(problem)
        }
      })
    if let failure = lines.failure {
      complain("standard input cannot be read: \(String(cString: strerror(failure)))")
      throw ExitCode(ExitStatus.cannotRead)
    }
    if unanswered > 0 { throw ExitCode(ExitStatus.cannotRead) }
  }

  private static func namesAFile(_ argument: String) -> Bool {
    var facts = stat()
    return argument.utf8.count < Int(PATH_MAX) && stat(argument, &facts) == 0
      && facts.st_mode & S_IFMT == S_IFREG
  }

  /// Whether one of the files is not let through.
  private func judge(
    _ files: [String], policy: PolicySet, models: String
  ) async throws -> Bool {
    guard !files.isEmpty else { return false }
    let moderation = await FileModeration.loading(policy: policy, models: models)
    var isStopped = false
    for path in files {
      let judgement: FileModeration.Judgement
      do {
        judgement = try await moderation.judge(path)
      } catch {
        complain(
          "\(DisplayText.neutralised(path)): \(error.sentence) A file of text is given with --file."
        )
        throw ExitCode(ExitStatus.cannotRead)
      }
      isStopped = isStopped || judgement.answer > .allow
      if json {
        print(DisplayText.escapedJSON(judgement.json(id: .string(path)).compact))
      } else {
        print(DisplayText.neutralised(path))
        print(ModerateText.text(judgement))
      }
    }
    return isStopped
  }

  private func loadPolicy() throws -> PolicySet {
    let directory = layers.directory
    do {
      return try layers.load()
    } catch {
      complain(
        "the policies in \(directory) cannot be used; name their folder with --policies\n\(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
  }

  private func read(_ path: String) throws -> String {
    do {
      let bytes = try FileByteSource.contents(of: path, limit: TextRow.byteLimit)
      if let text = String(validating: bytes, as: UTF8.self) { return text }
      complain("\(DisplayText.neutralised(path)) is no UTF-8 text")
    } catch {
      complain(DisplayText.neutralised(error.description))
    }
    throw ExitCode(ExitStatus.cannotRead)
  }
}

/// How a judgement is printed.
enum ModerateText {
  /// As many as say what a text is about.
  private static let scoresShown = 5

  static func text(_ judgement: TextJudgement) -> String {
    var rows = [("decision", judgement.answer.rawValue)]
    rows += judgement.doubts.map { ("unknown", DisplayText.neutralised($0)) }
    rows += judgement.decision.fired.map { ("rule", text($0)) }
    return table(rows, judgement.scores)
  }

  static func text(_ judgement: FileModeration.Judgement) -> String {
    let frames = judgement.items.count { $0.kind == .frame }
    var rows = [("decision", judgement.answer.rawValue)]
    rows.append(
      (
        "looked at",
        "\(judgement.kind.rawValue), \(thousandths(judgement.seconds)) s, \(frames) pictures"
      ))
    if let transcript = judgement.transcript, !transcript.isEmpty {
      rows.append(("heard", DisplayText.neutralised(transcript)))
    }
    rows += judgement.writtenTexts.map { ("read", DisplayText.neutralised($0)) }
    rows += judgement.doubts.map { ("unknown", DisplayText.neutralised($0)) }
    rows += judgement.decision.fired.map { ("rule", text($0)) }
    return table(rows, judgement.scores)
  }

  /// The rows, with the highest scores under them.
  private static func table(
    _ rows: [(name: String, value: String)], _ scores: [(category: String, score: Double)]
  ) -> String {
    var rows = rows
    let top = scores.sorted { $0.score > $1.score }.prefix(scoresShown)
    if !top.isEmpty {
      rows.append(
        ("scores", top.map { "\($0.category) \(thousandths($0.score))" }.joined(separator: ", ")))
    }
    return rows.map { name, value in
      name + String(repeating: " ", count: 10 - name.count) + value
    }.joined(separator: "\n")
  }

  private static func text(_ fired: FiredRule) -> String {
    var text = "\(fired.rule) → \(fired.outcome.rawValue): \(fired.category)"
    if let signal = fired.signal, signal != fired.category { text += " by \(signal)" }
    if let score = fired.score { text += ", score \(thousandths(score))" }
    if let time = fired.time { text += " at \(thousandths(time.lowerBound)) s" }
    if let unknown = fired.unknown { text += ", unknown: \(unknown.code)" }
    if fired.isShadow { text += " (shadow, not enforced)" }
    return text
  }

  static func json(_ judgement: TextJudgement, name: String) -> String {
    DisplayText.escapedJSON(judgement.json(id: .string(name)).compact)
  }

  private static func thousandths(_ score: Double) -> String {
    let value = Int((score * 1000).rounded())
    return "\(value / 1000).\(String(value % 1000 + 1000).dropFirst())"
  }
}

private func complain(_ text: String) {
  let line = Array("assay moderate: \(text)\n".utf8)
  _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
