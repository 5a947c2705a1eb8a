public import Bytes
import CBOR
import Containers
import Glibc
import PKI

/// The files that a collection's relative URIs lead to.
public protocol CollectionMembers: Sendable {
  /// Nil when there is no such file.
  func member(at path: [String]) throws(FileError) -> (any ByteSource)?
}

/// `c2pa.hash.collection.data`: a hash for each of several files, those beside the manifest or the
/// members of a ZIP document (C2PA 2.5 sections 14.12.5, 16.3.4 and appendix A.6).
struct CollectionHashBinding {
  /// Folders of training data may be large, and each entry opens a file.
  private static let entryLimit = 100_000

  private struct Entry {
    let uri: String
    let path: [String]
    let hash: [UInt8]
  }

  private let context: BindingContext
  private let entries: [Entry]
  private let algorithm: HashAlgorithm
  private let directoryHash: [UInt8]?

  init(_ assertion: CBORValue, _ context: BindingContext) throws(BindingFailure) {
    self.context = context
    guard let values = assertion["uris"]?.array, !values.isEmpty, values.count <= Self.entryLimit
    else { throw Self.malformed("it lists no files") }
    // The claim's algorithm does not stand in here (C2PA 2.5 section 14.12.5).
    guard let name = assertion.given("alg") else {
      throw Self.malformed("it names no hash algorithm")
    }
    algorithm = try context.algorithm(name)
    var entries: [Entry] = []
    for value in values {
      guard let uri = value["uri"]?.text, let hash = value["hash"]?.bytes, !hash.isEmpty else {
        throw Self.malformed("an entry lacks its URI or its hash")
      }
      guard let path = Self.path(uri) else {
        throw BindingFailure(
          .assertionCollectionHashInvalidURI,
          "The collection names \"\(uri)\", which could lead out of its folder.")
      }
      entries.append(Entry(uri: uri, path: path, hash: hash))
    }
    guard Set(entries.map(\.path)).count == entries.count else {
      throw Self.malformed("it lists a file twice")
    }
    self.entries = entries
    directoryHash = assertion["zip_central_directory_hash"]?.bytes
  }

  /// The segments of a relative URI; nil for one with a scheme, a query, a root or a step upwards,
  /// written out or with percent signs.
  private static func path(_ uri: String) -> [String]? {
    guard !uri.isEmpty, !uri.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }),
      !uri.contains(where: { "\\?#:".contains($0) })
    else { return nil }
    var path: [String] = []
    for segment in uri.split(separator: "/", omittingEmptySubsequences: false) {
      guard let name = percentDecoded(segment), !["", ".", ".."].contains(name),
        !name.contains(where: { "/\\\0".contains($0) })
      else { return nil }
      path.append(name)
    }
    return path
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }

  private static func malformed(_ why: String) -> BindingFailure {
    BindingFailure(
      .assertionCollectionHashMalformed, "The collection hash assertion cannot be used: \(why).")
  }

  private static func mismatch(_ why: String) -> BindingFailure {
    BindingFailure(.assertionCollectionHashMismatch, why)
  }

  private static func missing(_ why: String) -> BindingFailure {
    BindingFailure(.assertionCollectionHashIncorrectFileCount, why)
  }

  func validate() throws(BindingFailure) -> [Finding] {
    switch context.format {
    case .zip: try validateDocument()
    case .manifestStore: try validateFiles()
    default: throw Self.malformed("the file is no ZIP document and no manifest beside its files")
    }
    return [
      context.finding(
        .assertionCollectionHashMatch,
        "All \(entries.count) files of the collection are the ones that were signed.")
    ]
  }

  /// URIs are relative to the manifest (C2PA 2.5 section 16.3.4).
  private func validateFiles() throws(BindingFailure) {
    guard let members = context.members else {
      throw BindingFailure(
        .notSupported,
        "The manifest is that of a collection of files, and only the manifest was given: verify it "
          + "where it lies beside them.")
    }
    for entry in entries {
      let source: (any ByteSource)?
      do { source = try members.member(at: entry.path) } catch { throw BindingFailure(.io(error)) }
      guard let source else {
        throw Self.missing("The collection lacks \(entry.uri), which was signed.")
      }
      try compare(entry, 0..<source.count, of: source)
    }
  }

  /// Every member must be listed: other than in a folder, whatever is in a document is shown.
  private func validateDocument() throws(BindingFailure) {
    let directory: ZIPDirectory
    var members: [String: ZIPDirectory.Member] = [:]
    do throws(ContainerError) {
      directory = try ZIPDirectory(context.asset)
      for member in try directory.members(in: context.asset)
      where member.name != ZIPDirectory.storeName {
        members[member.name] = member
      }
    } catch { throw BindingFailure(error) }
    if context.store?.parts.contains(where: \.hasForeignBytes) == true {
      throw Self.mismatch("The member that holds the manifest store holds other bytes too.")
    }
    for entry in entries {
      // Names stand in the archive as they are, in the URI perhaps with percent signs.
      guard
        let member = members.removeValue(forKey: entry.uri)
          ?? members.removeValue(forKey: entry.path.joined(separator: "/"))
      else { throw Self.missing("The document lacks \(entry.uri), which was signed.") }
      try compare(entry, member.range, of: context.asset)
    }
    if let other = members.values.filter({ !$0.isFolder }).map(\.name).min() {
      throw Self.missing("The document holds \(other), which was not signed.")
    }
    try compareDirectory(directory)
  }

  /// A member that was added, or taken for another, shows in the directory.
  private func compareDirectory(_ directory: ZIPDirectory) throws(BindingFailure) {
    guard let directoryHash else {
      throw Self.mismatch("Nothing binds the list of the document's members.")
    }
    let checksum = directory.entries.first { $0.name == ZIPDirectory.storeName }?.checksum
    var holes = [checksum.map { [$0] } ?? []]
    if let checksum {
      // C2PA 2.2 left the manifest's checksum in, which had to be zero there.
      let bytes: [UInt8]
      do { bytes = try context.asset.read(checksum) } catch { throw BindingFailure(.io(error)) }
      if bytes == [0, 0, 0, 0] { holes.append([]) }
    }
    for excluded in holes {
      var plan = HashPlan()
      plan.append(directory.range, excluding: excluded)
      if try plan.digest(of: context.asset, algorithm) == directoryHash { return }
    }
    throw Self.mismatch("The list of the document's members was changed after it was signed.")
  }

  private func compare(
    _ entry: Entry, _ range: Range<Int>, of source: any ByteSource
  ) throws(BindingFailure) {
    var plan = HashPlan()
    plan.append(range, excluding: [])
    guard try plan.digest(of: source, algorithm) == entry.hash else {
      throw Self.mismatch("\(entry.uri) was changed after it was signed: its hash differs.")
    }
  }
}

/// The files below the folder that a manifest lies in. Links are followed: what they lead to is compared
/// with a hash, and nothing of it is shown.
public struct FolderMembers: CollectionMembers {
  private let folder: String

  /// The files in the folder of the file at `path`, and below.
  public init(beside path: String) {
    let end = path.lastIndex(of: "/")
    folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  public func member(at path: [String]) throws(FileError) -> (any ByteSource)? {
    let whole = ([folder] + path).joined(separator: "/")
    do {
      return try FileByteSource(path: whole)
    } catch {
      // What is no file by that name, a folder for one, is not the file that was signed.
      guard [ENOENT, ENOTDIR, EISDIR, EINVAL].contains(error.errorNumber) else { throw error }
      return nil
    }
  }
}
