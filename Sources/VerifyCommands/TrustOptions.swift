public import ArgumentParser
import Bytes
public import C2PA
import Glibc
import PKI

/// Options that say whom to believe, shared by every command that verifies.
public struct TrustOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Certification authorities to trust, under a name that the verdict will cite.",
      valueName: "NAME=PEM"))
  public var trust: [NamedFile] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Single signing certificates to accept as they are: PEM, or a SHA-256 of each a line.",
      valueName: "NAME=FILE"))
  public var allowed: [NamedFile] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Certificate purposes (OIDs, one a line) that may sign claims, for the trust source of that "
        + "name or for all that have no list of their own.", valueName: "[NAME=]FILE"))
  public var ekus: [String] = []

  @Option(
    name: .customLong("tsa-trust"),
    help: ArgumentHelp("Time-stamping authorities to trust.", valueName: "PEM"))
  public var timeStampTrust: [String] = []

  public init() {}

  /// The name under which the installation's own development root is trusted.
  static let ownName = "own"

  /// What the options say, or the installation's own trust folder when they name no source.
  ///
  /// - Throws: `CommandFailure` naming the file that cannot be used.
  public func configuration() throws -> TrustConfiguration {
    var configuration = TrustConfiguration()
    let sources: [(anchors: NamedFile, purposes: String?)] =
      trust.isEmpty ? try Self.installed() : trust.map { ($0, nil) }
    let purposes = try Self.purposes(ekus, of: Set(sources.map(\.anchors.name)))
    for (file, list) in sources {
      let own = try purposes.own[file.name] ?? list.map { try Self.purposes(in: $0) }
      configuration.anchorSets.append(
        .init(
          name: file.name, anchors: try Self.certificates(file.path),
          extendedKeyUsages: own ?? purposes.common))
    }
    configuration.allowedLists = try allowed.map { file in
      guard
        let list = TrustConfiguration.AllowedList(
          name: file.name, list: try Self.read(file.path))
      else {
        throw CommandFailure(
          ExitStatus.cannotRead,
          "\(file.path) is no list of certificates: it takes PEM, or the SHA-256 of each "
            + "certificate in hex or base64, one a line")
      }
      return list
    }
    for path in timeStampTrust { configuration.timeStampAnchors += try Self.certificates(path) }
    return configuration
  }

  /// What `--ekus` says: `FILE` for every source, `NAME=FILE` for the one of that name.
  private static func purposes(
    _ options: [String], of sources: Set<String>
  ) throws -> (common: Set<String>, own: [String: Set<String>]) {
    var common = ExtendedKeyUsage.claimSigners
    var own: [String: Set<String>] = [:]
    for option in options {
      if let file = NamedFile(argument: option), sources.contains(file.name) {
        own[file.name] = try purposes(in: file.path)
      } else {
        common = try purposes(in: option)
      }
    }
    return (common, own)
  }

  private static func purposes(in path: String) throws -> Set<String> {
    let text = String(decoding: try read(path), as: UTF8.self)
    guard let listed = ExtendedKeyUsage.parseList(text) else {
      throw CommandFailure(
        ExitStatus.usage, "\(path) is no list of OIDs: write one dotted OID a line")
    }
    return listed
  }

  /// `$ASSAY_KEYS/dev/root.pem` as `own`, and each `NAME.pem` of `$ASSAY_KEYS/trust` as `NAME`, with
  /// its purposes in `NAME.ekus` beside it, if that is there.
  private static func installed() throws -> [(anchors: NamedFile, purposes: String?)] {
    let keys = getenv("ASSAY_KEYS").map { String(cString: $0) } ?? "Keys"
    var sources: [(anchors: NamedFile, purposes: String?)] = []
    let root = "\(keys)/dev/root.pem"
    if access(root, F_OK) == 0 { sources.append((NamedFile(name: ownName, path: root), nil)) }
    for file in pemFiles(in: "\(keys)/trust") {
      let name = String(file.dropLast(4))
      let list = "\(keys)/trust/\(name).ekus"
      sources.append(
        (
          NamedFile(name: name, path: "\(keys)/trust/\(file)"),
          access(list, F_OK) == 0 ? list : nil
        ))
    }
    return sources
  }

  /// Names of the PEM files of a folder, sorted; empty when there is no such folder.
  private static func pemFiles(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".pem"), !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  static func certificates(_ path: String) throws -> [Certificate] {
    do {
      return try Certificate.parsePEM(try read(path))
    } catch let error as PKIError {
      throw CommandFailure(
        ExitStatus.cannotRead, "\(path) is no list of PEM certificates: \(error)")
    }
  }

  static func open(_ path: String) throws -> FileByteSource {
    do {
      return try FileByteSource(path: path)
    } catch {
      throw CommandFailure(ExitStatus.cannotRead, error.description)
    }
  }

  static func read(_ path: String) throws -> [UInt8] {
    do {
      return try FileByteSource.contents(of: path)
    } catch {
      throw CommandFailure(ExitStatus.cannotRead, error.description)
    }
  }
}

/// `NAME=FILE`.
public struct NamedFile: ExpressibleByArgument, Sendable {
  public let name: String
  public let path: String

  init(name: String, path: String) {
    self.name = name
    self.path = path
  }

  public init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      return nil
    }
    name = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    guard !path.isEmpty else { return nil }
  }

  public var defaultValueDescription: String { "\(name)=\(path)" }
}

/// A command cannot do its work: a sentence for standard error, and the exit code.
public struct CommandFailure: Error, CustomStringConvertible {
  public let status: Int32
  public let description: String

  public init(_ status: Int32, _ description: String) {
    self.status = status
    self.description = description
  }
}
