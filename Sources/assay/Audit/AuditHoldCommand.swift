import ArgumentParser
import AuditStore
import Bytes
import C2PA
import PKI
import VerifyCommands

/// `audit hold`: what must not be erased.
struct AuditHoldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold",
    abstract: "Keep payloads from erasure and retention, and let them go again.",
    discussion: """
      Holds are entries of the log. The gateway writes them within a second, or whatever next opens \
      the log: an erasure that starts later knows of them.
      """,
    subcommands: [Place.self, Release.self, List.self])

  fileprivate static let handedOver = "handed to the log, which takes it within a second"

  struct Place: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Place a legal hold.")

    @OptionGroup var options: AuditOptions
    @OptionGroup var scope: ScopeOptions
    @Option(name: .long, help: "Why, such as a case number; it is logged for good.")
    var ground: String
    @Option(name: .long, help: "When the hold ends by itself (RFC 3339).") var until: String?
    @Option(name: .long, help: "Your role in the log; no name.") var role = "operator"

    func validate() throws {
      if let until, InstantText.parse(until) == nil {
        throw ValidationError("\(until) is no moment such as 2026-11-22T10:00:00Z")
      }
    }

    func run() async throws {
      try await AuditConsole.reportingFailures {
        _ = try options.reader()
        let id = "hold_\(Hex.encode(SecureRandom.bytes(8)))"
        let event = try LegalHold.placing(
          try scope.value(), id: id, ground: ground,
          until: until.flatMap(InstantText.parse).map { $0 * 1000 },
          time: AuditConsole.milliseconds(), actor: role)
        try AuditInbox.post(event, directory: options.directory)
        print(id)
        AuditConsole.complain(AuditHoldCommand.handedOver)
      }
    }
  }

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a legal hold.")

    @OptionGroup var options: AuditOptions
    @Argument(help: "The hold's id.") var id: String
    @Option(name: .long, help: "Why; it is logged for good.") var ground: String
    @Option(name: .long, help: "Your role in the log; no name.") var role = "operator"

    func run() async throws {
      try await AuditConsole.reportingFailures {
        let holds = try await options.reader().holds()
        guard let hold = holds.first(where: { $0.id == id && $0.released == nil }) else {
          AuditConsole.complain("there is no hold \(DisplayText.neutralised(id)) in force")
          throw ExitCode(ExitStatus.nothingFound)
        }
        let event = try hold.releasing(
          ground: ground, time: AuditConsole.milliseconds(), actor: role)
        try AuditInbox.post(event, directory: options.directory)
        AuditConsole.complain(AuditHoldCommand.handedOver)
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List holds, those that ended too.")

    @OptionGroup var options: AuditOptions
    @Flag(name: .long, help: "Print one JSON object a line.") var json = false

    func run() async throws {
      try await AuditConsole.reportingFailures {
        let now = AuditConsole.milliseconds()
        for hold in try await options.reader().holds() {
          if json {
            AuditText.printLine(hold.json)
          } else {
            let state = hold.isActive(at: now) ? "in force" : "ended"
            print(
              DisplayText.neutralised(
                "\(hold.id)  \(state)  \(hold.scope.value)  since "
                  + "\(RFC3339.text(milliseconds: hold.placed))  ground \(hold.ground)"))
          }
        }
      }
    }
  }
}

/// Whose payloads.
struct ScopeOptions: ParsableArguments {
  @Option(name: .long, help: "This decision.") var decision: String?
  @Option(name: .long, help: "Everything about this job or request.") var asset: String?
  @Option(name: .long, help: "Everything this subject asked for: its pseudonym in the log.")
  var subject: String?

  func validate() throws {
    if [decision, asset, subject].compactMap(\.self).count != 1 {
      throw ValidationError("give one of --decision, --asset and --subject")
    }
  }

  func value() throws -> LegalHold.Scope {
    if let decision { return .decision(decision) }
    if let asset { return .asset(asset) }
    return .subject(subject ?? "")
  }
}
