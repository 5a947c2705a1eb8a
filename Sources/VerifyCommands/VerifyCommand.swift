public import ArgumentParser
import Bytes
public import C2PA
import Containers
import Glibc
import MerkleLog
public import StrictJSON

/// `verify FILE…`: where do these files come from, and were they altered?
public struct VerifyCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Tell where a file came from and whether it was altered, by its Content Credentials.",
    discussion: """
      Nothing is fetched from the network, but for --fetch. Exit status: 0 when every file is Trusted or Valid, 1 \
      when one is Invalid, 2 when one carries no Content Credentials, 64 for a mistake on the \
      command line, 66 when a file cannot be read.
      """)

  @Argument(help: "Files to verify.")
  var files: [String]

  @Flag(name: .long, help: "Print each whole report as JSON.")
  var json = false

  @Flag(name: .long, help: "Print each report in crJSON, the format validators are compared by.")
  var crjson = false

  @Flag(name: .long, help: "Print one JSON line a file.")
  var summary = false

  @OptionGroup var trustOptions: TrustOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Judge as of this moment (such as 2026-11-22T10:00:00Z), not now.", valueName: "RFC3339"))
  var at: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The manifest store (.c2pa) of the one file given. Without it, a file that carries none is "
        + "verified with clip.mp4.c2pa or clip.c2pa beside it, if one of them is there.",
      valueName: "FILE"))
  var sidecar: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The HTTP headers that the one file given came with: a Link in them names its manifest store.",
      valueName: "FILE"))
  var headers: String?

  @Flag(
    name: .long,
    help: ArgumentHelp(
      "Fetch the manifest store of a file that carries none and says where it is, over HTTPS from "
        + "the public internet. Whoever runs that server learns that the file was looked at."))
  var fetch = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A media segment that belongs to the one file given; in order.", valueName: "FILE"))
  var fragment: [String] = []

  @Option(
    name: .customLong("log-key"),
    help: ArgumentHelp(
      "The verifier key of the decision log whose receipts count: a file, or the key itself. "
        + "(default: dev/log.vkey in $ASSAY_KEYS, or in Keys, if it is there)", valueName: "key"))
  var logKey: String?

  @Option(
    name: .customLong("log-proof"),
    help: ArgumentHelp(
      "A .tlog-proof by which the log names the manifest of the one file given.",
      valueName: "FILE"))
  var logProof: String?

  public init() {}

  public func validate() throws {
    if [json, crjson, summary].count(where: { $0 }) > 1 {
      throw ValidationError("choose one of --json, --crjson and --summary")
    }
    if let at, InstantText.parse(at) == nil {
      throw ValidationError("--at takes a moment such as 2026-11-22T10:00:00Z, not \(at)")
    }
    if files.count > 1, logProof != nil {
      throw ValidationError("--log-proof belongs to one file: give only that one")
    }
    if files.count > 1, sidecar != nil || headers != nil || !fragment.isEmpty {
      throw ValidationError(
        "--sidecar, --headers and --fragment belong to one file: give only that one")
    }
  }

  public func run() async throws { try await run(examining: nil) }

  /// What somebody who knows more than a file's credentials has found out about it.
  public struct Further: Sendable {
    /// Printed under the report, lines with their ends.
    public let text: String
    /// The member `provenance` of the JSON report.
    public let json: JSONValue
    /// The same in a word or two, for the summary.
    public let summary: JSONValue
    /// In the place of the report's own exit status.
    public let status: Int32

    public init(text: String, json: JSONValue, summary: JSONValue, status: Int32) {
      self.text = text
      self.json = json
      self.summary = summary
      self.status = status
    }
  }

  /// Looks further into a file after its credentials were verified; nil where there is nothing to add.
  public typealias Examining =
    @Sendable (_ path: String, VerificationReport, Verifier) async -> Further?

  /// Verifies the files, each with what `examining` adds.
  public func run(examining: Examining?) async throws {
    do {
      let status = try await verifyAll(examining)
      if status != ExitStatus.good { throw ExitCode(status) }
    } catch let failure as CommandFailure {
      Self.complain(failure.description)
      throw ExitCode(failure.status)
    }
  }

  /// Verifies one file after the other and answers the exit status: a file that cannot be read
  /// outweighs an invalid one, and that one without credentials.
  private func verifyAll(_ examining: Examining?) async throws -> Int32 {
    if fetch, RemoteStoreAccess.current == nil {
      throw CommandFailure(
        ExitStatus.usage, "this program has no network: use assay verify --fetch")
    }
    let verifier = Verifier(
      trust: try trustOptions.configuration(), at: at.flatMap(InstantText.parse))
    let store = try sidecar.map { try TrustOptions.read($0) }
    let segments = try fragment.map { try TrustOptions.open($0) }
    let link = try headers.flatMap {
      DetachedManifest.address(
        inHeaders: String(decoding: try TrustOptions.read($0), as: UTF8.self))
    }
    let receipts = try receiptCheck()
    var statuses: Set<Int32> = []
    for (index, path) in files.enumerated() {
      var report: VerificationReport
      do throws(FileError) {
        report = try judge(path, by: verifier, store, segments, link)
      } catch {
        Self.complain(DisplayText.neutralised(error.description))
        statuses.insert(ExitStatus.cannotRead)
        continue
      }
      if fetch, report.state == .noManifest, let address = link ?? report.remoteManifest,
        let found = await Self.fetched(address)
      {
        do throws(FileError) {
          report = try judge(path, by: verifier, found, segments, nil)
          report.sidecar = nil
          report.fetchedFrom = address
        } catch { Self.complain(DisplayText.neutralised(error.description)) }
      }
      let further = await examining?(path, report, verifier)
      show(report, further, isFirst: index == 0)
      statuses.insert(further?.status ?? Self.status(report.state))
      if let verdict = receipts?.check(report, path: path) {
        showReceipts(verdict)
        if verdict.isRefused { statuses.insert(ExitStatus.refused) }
      }
    }
    let order = [ExitStatus.cannotRead, ExitStatus.refused, ExitStatus.nothingFound]
    return order.first { statuses.contains($0) } ?? ExitStatus.good
  }

  /// With the store given, or else with one beside the file.
  private func judge(
    _ path: String, by verifier: Verifier, _ store: [UInt8]?, _ segments: [FileByteSource],
    _ link: String?
  ) throws(FileError) -> VerificationReport {
    let source = try FileByteSource(path: path)
    var report = verifier.verify(
      source, name: path, sidecar: store, fragments: segments,
      members: FolderMembers(beside: path))
    if report.isDetached { report.sidecar = sidecar }
    if report.state == .noManifest, store == nil,
      let (name, found) = try Self.sidecar(beside: path, link ?? report.remoteManifest)
    {
      report = verifier.verify(source, name: path, sidecar: found, fragments: segments)
      report.sidecar = name
    }
    return report
  }

  /// The manifest store at `address`, or the one that the file at it carries (C2PA 2.5 section 11.4);
  /// nil with a complaint.
  private static func fetched(_ address: String) async -> [UInt8]? {
    switch await RemoteStoreAccess.current?.store(at: address) {
    case .success(let bytes):
      guard let format = try? AssetFormat.detect(in: bytes), format != .manifestStore,
        let carried = try? EmbeddedStore.locate(in: bytes, format: format)
      else { return bytes }
      return carried.bytes
    case .failure(let failure):
      complain(DisplayText.neutralised("\(address) was not fetched: \(failure.reason)"))
      return nil
    case nil: return nil
    }
  }

  /// The manifest store in a file beside the one at `path`, and that file's name.
  private static func sidecar(
    beside path: String, _ link: String?
  ) throws(FileError) -> (String, [UInt8])? {
    for candidate in DetachedManifest.sidecarPaths(for: path, address: link)
    where access(candidate, R_OK) == 0 {
      return (candidate, try FileByteSource.contents(of: candidate))
    }
    return nil
  }

  static func status(_ state: ValidationState) -> Int32 {
    switch state {
    case .trusted, .valid: ExitStatus.good
    case .invalid: ExitStatus.refused
    case .noManifest: ExitStatus.nothingFound
    }
  }

  private func show(_ report: VerificationReport, _ further: Further?, isFirst: Bool) {
    func added(_ value: JSONValue, _ member: JSONValue?) -> JSONValue {
      member.map { value.setting("provenance", $0) } ?? value
    }
    if summary {
      let line = added(SummaryReport.value(report), further?.summary)
      print(DisplayText.escapedJSON(line.compact))
    } else if crjson {
      print(CRJSONReport.text(report))
    } else if json {
      print(DisplayText.escapedJSON(added(JSONReport.value(report), further?.json).pretty))
    } else {
      print(isFirst ? "" : "\n", TextReport.text(report), separator: "", terminator: "")
      if let further { print("", further.text, separator: "\n", terminator: "") }
    }
  }

  /// What machines read stays as it is: there the sentences go to standard error.
  private func showReceipts(_ verdict: ReceiptCheck.Verdict) {
    for line in verdict.lines.map(DisplayText.neutralised) {
      if json || crjson || summary {
        if verdict.isRefused { Self.complain(line) }
      } else {
        print(line)
      }
    }
  }

  private func receiptCheck() throws -> ReceiptCheck? {
    let proof = try logProof.map { try TrustOptions.read($0) }
    let installed = "\(getenv("ASSAY_KEYS").map { String(cString: $0) } ?? "Keys")/dev/log.vkey"
    guard let given = logKey ?? (access(installed, F_OK) == 0 ? installed : nil) else {
      if proof != nil {
        throw CommandFailure(ExitStatus.usage, "--log-proof needs --log-key: whose log is it?")
      }
      return nil
    }
    let text =
      access(given, F_OK) == 0
      ? String(decoding: try TrustOptions.read(given), as: UTF8.self) : given
    do throws(NoteError) {
      return ReceiptCheck(key: try VerifierKey(text), isNamed: logKey != nil, proof: proof)
    } catch {
      throw CommandFailure(
        ExitStatus.usage, "\(DisplayText.neutralised(given)): \(error.detail)")
    }
  }

  private static func complain(_ text: String) {
    let line = Array("assay: \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
