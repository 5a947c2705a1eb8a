import ArgumentParser
import Bytes
import C2PA
import Fingerprint
import MediaClient
import PKI
import StrictJSON
import VerifyCommands

/// `assay bank`: the lists of known media that a gateway holds uploads and outputs against.
struct BankCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bank",
    abstract: "Keep banks of known media: import lists, list, check files, remove.",
    discussion: """
      Banks lie in the gateway's data folder. A running gateway takes up changes of its banks within \
      seconds, and the first bank at its next start. Lists are text (one hash a line, PDQ, MD5, SHA-1 \
      or SHA-256), CSV (hash,quality,label,source), NCMEC's XML, or the JSON of StopNCII and \
      ThreatExchange; what a list has taken back is removed.
      """,
    subcommands: [
      BankImportCommand.self, BankListCommand.self, BankCheckCommand.self, BankRemoveCommand.self,
      BankReleaseCommand.self,
    ])
}

/// Where the banks are.
struct BankOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data folder of the gateway. (default: $ASSAY_DATA, or .assay)", valueName: "folder"))
  var data: String?

  var folder: BankFolder {
    BankFolder(
      path: "\(data ?? RecoveryOptions.environment("ASSAY_DATA") ?? ".assay")/\(BankFolder.name)")
  }

  /// All banks, or a message and an exit code.
  func opened() throws -> [(name: String, stored: BankFolder.Stored)] {
    try Self.reading { () throws(BankError) in
      var all: [(String, BankFolder.Stored)] = []
      for name in try folder.names() { all.append((name, try folder.open(name))) }
      return all
    }
  }

  static func reading<Answer>(_ work: () throws(BankError) -> Answer) throws -> Answer {
    do { return try work() } catch {
      SigningFiles.complain(DisplayText.neutralised(error.description))
      throw ExitCode(error.reason == .name ? ExitStatus.usage : ExitStatus.cannotRead)
    }
  }
}

/// A page of a list as a file.
enum KnownMediaFile {
  /// What a page says; what cannot be compared here is told on standard error.
  static func updates(of path: String) throws -> [KnownMediaUpdate] {
    let name = DisplayText.neutralised(path)
    do {
      let bytes = try FileByteSource.contents(of: path, limit: KnownMediaPage.byteLimit)
      let page = try KnownMediaPage(parsing: bytes)
      for (kind, count) in page.passedOver.sorted(by: { $0.key < $1.key }) {
        SigningFiles.complain(
          "\(name): \(count) fingerprints of the kind \(DisplayText.neutralised(kind)) cannot be "
            + "compared here")
      }
      return page.updates
    } catch {
      SigningFiles.complain("\(name): \(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
  }
}

struct BankImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take over what a list says, making the bank if there is none.",
    discussion: """
      Several pages of one list are given in their order: nothing of them is taken unless all can be \
      read. Prints "NAME: COUNT known media (+ADDED, REPLACED replaced, -REMOVED)".
      Exit codes: 0 good, 64 usage, 66 a list or the bank cannot be read.
      """)

  @Argument(help: "The bank's name: letters, digits, dots, dashes.") var name: String
  @Argument(help: "The list's pages.") var files: [String]
  @Option(help: "How many of the 256 bits may differ in a match, 0 to 64. (default: 31)")
  var distance: Int?
  @Flag(help: "The media are known to be harmless: what they match, no other bank does.")
  var negative = false
  @OptionGroup var options: BankOptions

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name a list") }
    guard distance.map({ (0...64).contains($0) }) ?? true else {
      throw ValidationError("--distance is a number from 0 to 64")
    }
  }

  func run() async throws {
    let updates = try files.flatMap { try KnownMediaFile.updates(of: $0) }
    let summary = try BankOptions.reading { () throws(BankError) in
      try options.folder.take(
        updates, into: name, distance: distance, isNegative: negative ? true : nil)
    }
    print(
      "\(name): \(summary.count) known media (+\(summary.added), \(summary.replaced) replaced, "
        + "-\(summary.removed))")
  }
}

struct BankListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Tell which banks there are.",
    discussion: """
      A line a bank: "NAME COUNT distance BITS" with "negative" or "quarantined" where it is; --json \
      prints {"name", "count", "distance", "negative", "quarantined"}.
      Exit codes: 0 good, 2 there is none, 66 a bank cannot be read.
      """)

  @Flag(help: "Print a line of JSON a bank.") var json = false
  @OptionGroup var options: BankOptions

  func run() async throws {
    let banks = try options.opened()
    for (name, stored) in banks {
      let bank = stored.bank
      if json {
        let line: JSONValue = [
          "name": .string(name), "count": .integer(bank.count), "distance": .integer(bank.distance),
          "negative": .bool(bank.isNegative), "quarantined": .bool(stored.isQuarantined),
        ]
        print(line.compact)
      } else {
        print(
          "\(name) \(bank.count) distance \(bank.distance)" + (bank.isNegative ? " negative" : "")
            + (stored.isQuarantined ? " quarantined" : ""))
      }
    }
    if banks.isEmpty { throw ExitCode(ExitStatus.nothingFound) }
  }
}

struct BankCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Hold files against all banks.",
    discussion: """
      Files are compared by MD5, SHA-1 and SHA-256, pictures by PDQ in all eight orientations, clips by \
      a frame a second. Each hit is a line "BANK ID DISTANCE SECONDS FILE"; --json prints {"file", \
      "matches": [{"bank", "id", "label", "distance", "seconds"}]}. Banks in quarantine are asked, too.
      Exit codes: 0 no file is known, 1 one is, 2 there is no bank, 66 a file or a bank cannot be read.
      """)

  @Argument(help: "Pictures, clips, any files.") var files: [String]
  @Flag(help: "Print a line of JSON a file.") var json = false
  @OptionGroup var options: BankOptions

  func run() async throws {
    let banks = try options.opened().map(\.stored.bank)
    guard !banks.isEmpty else {
      SigningFiles.complain("there is no bank; 'assay bank import' makes one")
      throw ExitCode(ExitStatus.nothingFound)
    }
    let media = MediaClient()
    var status = ExitStatus.good
    for file in files {
      do {
        let found = try await Self.matches(file, banks, media)
        if !found.isEmpty, status == ExitStatus.good { status = ExitStatus.refused }
        if json {
          print(Self.line(file, found))
        } else {
          for (match, time) in found {
            print(
              "\(match.bank) \(DisplayText.neutralised(match.id)) \(match.distance) \(time) "
                + DisplayText.neutralised(file))
          }
        }
      } catch {
        status = ExitStatus.cannotRead
        let sentence = (error as? MediaFailure)?.sentence ?? "\(error)"
        SigningFiles.complain("\(DisplayText.neutralised(file)): \(sentence)")
      }
    }
    if status != ExitStatus.good { throw ExitCode(status) }
  }

  private static func matches(
    _ file: String, _ banks: [HashBank], _ media: MediaClient
  ) async throws -> [(match: HashBank.Match, time: Double)] {
    let digests = try ExchangeDigests(of: try FileByteSource(path: file))
    let keys: [KnownHash] = [.md5(digests.md5), .sha1(digests.sha1), .sha256(digests.sha256)]
    let harmless = banks.filter(\.isNegative)
    guard harmless.allSatisfy({ bank in keys.allSatisfy { bank.matches($0).isEmpty } }) else {
      return []
    }
    let exact = banks.filter { !$0.isNegative }.flatMap { bank in
      keys.flatMap { bank.matches($0) }
    }.map { (match: $0, time: 0.0) }
    do {
      let near = try await MediaPrints(of: file, with: media).matches(banks)
      return exact
        + near.filter { one in
          !exact.contains { $0.match.bank == one.match.bank && $0.match.id == one.match.id }
        }
    } catch {
      // What is known by its bytes need not be a picture that anybody can open.
      guard exact.isEmpty else { return exact }
      throw error
    }
  }

  private static func line(
    _ file: String, _ found: [(match: HashBank.Match, time: Double)]
  ) -> String {
    let line: JSONValue = [
      "file": .string(file),
      "matches": .array(
        found.map { match, time in
          [
            "bank": .string(match.bank), "id": .string(match.id),
            "label": match.label.map { .string($0) } ?? .null,
            "distance": .integer(match.distance), "seconds": .real(time),
          ]
        }),
    ]
    return DisplayText.escapedJSON(line.compact)
  }
}

struct BankRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Take media out of a bank, or forget the whole bank.",
    discussion: """
      Ids are those that 'assay bank check' tells. Exit codes: 0 good, 2 the bank holds none of them, \
      64 usage, 66 there is no such bank.
      """)

  @Argument(help: "The bank's name.") var name: String
  @Argument(help: "Ids of media in it.") var ids: [String] = []
  @Flag(help: "Forget the whole bank.") var all = false
  @OptionGroup var options: BankOptions

  func validate() throws {
    guard ids.isEmpty == all else { throw ValidationError("give ids, or --all") }
  }

  func run() async throws {
    let folder = options.folder
    let removed = try BankOptions.reading { () throws(BankError) -> Int in
      _ = try folder.open(name)
      guard !all else {
        try folder.remove(name)
        return 1
      }
      return try folder.take(ids.map { KnownMediaUpdate(id: $0, hashes: []) }, into: name).removed
    }
    print(all ? "\(name): forgotten" : "\(name): \(removed) removed")
    if removed == 0 { throw ExitCode(ExitStatus.nothingFound) }
  }
}

struct BankReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Let a bank in quarantine count again.",
    discussion: """
      A bank that matches more than a fifth of 200 pictures in a row is put into quarantine by the \
      gateway: what it matches is held for people, no longer refused. Look at 'assay bank list' and \
      at what was held before you release it.
      """)

  @Argument(help: "The bank's name.") var name: String
  @OptionGroup var options: BankOptions

  func run() async throws {
    try BankOptions.reading { () throws(BankError) in
      try options.folder.quarantine(name, false)
    }
    print("\(name): counts again")
  }
}
