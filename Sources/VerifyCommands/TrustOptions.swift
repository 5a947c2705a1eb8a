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
      "Single signing certificates to accept as they are.", valueName: "NAME=PEM"))
  public var allowed: [NamedFile] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Certificate purposes (OIDs, one a line) that may sign claims.", valueName: "FILE"))
  public var ekus: String?

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
    var purposes = ExtendedKeyUsage.claimSigners
    if let ekus {
      let text = String(decoding: try Self.read(ekus), as: UTF8.self)
      guard let listed = ExtendedKeyUsage.parseList(text) else {
        throw CommandFailure(
          ExitStatus.usage, "\(ekus) is no list of OIDs: write one dotted OID a line")
      }
      purposes = listed
    }
    var configuration = TrustConfiguration()
    for file in trust {
      configuration.anchorSets.append(
        .init(
          name: file.name, anchors: try Self.certificates(file.path), extendedKeyUsages: purposes))
    }
    if trust.isEmpty {
      configuration.anchorSets = try Self.installed(purposes)
    }
    configuration.allowedLists = try allowed.map {
      .init(name: $0.name, certificates: try Self.certificates($0.path))
    }
    for path in timeStampTrust { configuration.timeStampAnchors += try Self.certificates(path) }
    return configuration
  }

  /// `$ASSAY_KEYS/dev/root.pem` as `own`, and each PEM of `$ASSAY_KEYS/trust` under its file name.
  private static func installed(
    _ purposes: Set<String>
  ) throws -> [TrustConfiguration.AnchorSet] {
    let keys = getenv("ASSAY_KEYS").map { String(cString: $0) } ?? "Keys"
    var sets: [TrustConfiguration.AnchorSet] = []
    let root = "\(keys)/dev/root.pem"
    if access(root, F_OK) == 0 {
      sets.append(
        .init(name: ownName, anchors: try certificates(root), extendedKeyUsages: purposes))
    }
    for name in pemFiles(in: "\(keys)/trust") {
      sets.append(
        .init(
          name: String(name.dropLast(4)), anchors: try certificates("\(keys)/trust/\(name)"),
          extendedKeyUsages: purposes))
    }
    return sets
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
