import Bytes
import MerkleLog
import StrictJSON

/// Reads an exported bundle: JSON Lines, so that a bundle of any size is checked in constant
/// memory and read with any language's own library.
///
///     {"bundle":"assay-log-bundle/v1","vkey":"…", …}        first
///     {"checkpoint":"…"}                                     the newest signed note, second
///     {"checkpoint":"…","consistency":["…", …]}              older ones, each with its proof
///     {"index":7,"entry":"…","proof":["…", …]}               entries, ascending
///     {"end":true,"entries":1}                               last
struct BundleReading {
  static let format = "assay-log-bundle/v1"
  /// An entry has at most 65,535 bytes, a note 64 KiB; as JSON text each may take six times that.
  static let lineLimit = 1 << 20

  /// The key that the bundle names; trusted only when nobody brings another.
  private(set) var ownKey: VerifierKey?
  private(set) var verdict: BundleVerdict

  /// - Parameters:
  ///   - given: the log's key, obtained elsewhere.
  /// - Throws: `CommandFailure` when the file cannot be read; what it says is the verdict.
  init(path: String, given: VerifierKey?) throws {
    let file = try LineReader(path: path, limit: BundleReading.lineLimit)
    guard let head = try file.next(), let header = try? JSONValue.parse(head),
      header["bundle"]?.string == BundleReading.format
    else {
      throw CommandFailure(
        ExitStatus.cannotRead, "\(path) is no bundle: it does not begin as \(BundleReading.format)")
    }
    ownKey = header["vkey"]?.string.flatMap { try? VerifierKey($0) }
    guard let key = given ?? ownKey else {
      throw CommandFailure(
        ExitStatus.usage, "the bundle names no good key of its log; give one with --vkey")
    }
    var checker = BundleChecker(log: key)
    if let ownKey, ownKey != key {
      checker.report(
        "key_other", "the bundle names another key than the one given: \(ownKey.text)")
    }
    var announced: UInt64?
    var number = 1
    while let line = try file.next() {
      number += 1
      // An empty line at the end is how some programs save a file.
      guard !line.isEmpty else { continue }
      guard announced == nil else {
        checker.report("bundle_malformed", "line \(number) stands behind the end")
        continue
      }
      guard let json = try? JSONValue.parse(line) else {
        checker.report("bundle_malformed", "line \(number) is no JSON")
        continue
      }
      if json["end"]?.bool == true {
        announced = json["entries"]?.integer.flatMap { UInt64(exactly: $0) }
      } else if !BundleReading.add(json, to: &checker) {
        checker.report("bundle_malformed", "line \(number) is no part of a bundle")
      }
    }
    verdict = checker.finish(announced: announced)
  }

  private static func add(_ json: JSONValue, to checker: inout BundleChecker) -> Bool {
    if let note = json["checkpoint"]?.string {
      guard let proof = json["consistency"] else {
        checker.addNewest(Array(note.utf8))
        return true
      }
      guard let hashes = hashes(proof) else { return false }
      checker.addOlder(Array(note.utf8), consistency: hashes)
      return true
    }
    guard let entry = json["entry"]?.string,
      let index = json["index"]?.integer.flatMap({ UInt64(exactly: $0) }),
      let proof = json["proof"].flatMap(hashes)
    else { return false }
    checker.addEntry(Array(entry.utf8), index: index, proof: proof)
    return true
  }

  private static func hashes(_ json: JSONValue) -> [TreeHash]? {
    guard let texts = json.array, texts.count <= MerkleProof.hashLimit else { return nil }
    let hashes = texts.compactMap { $0.string.flatMap { TreeHash(base64: $0) } }
    return hashes.count == texts.count ? hashes : nil
  }
}

/// The lines of a file, one at a time.
final class LineReader {
  private static let chunk = 1 << 16

  private let path: String
  private let source: FileByteSource
  private let limit: Int
  private var offset = 0
  private var buffer: [UInt8] = []
  private var start = 0

  init(path: String, limit: Int) throws(CommandFailure) {
    self.path = path
    self.limit = limit
    do {
      source = try FileByteSource(path: path)
    } catch {
      throw CommandFailure(ExitStatus.cannotRead, "\(error)")
    }
  }

  /// The next line without its end, or nil behind the last.
  func next() throws(CommandFailure) -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      searched = buffer.count
      guard searched - start <= limit else {
        throw CommandFailure(
          ExitStatus.cannotRead, "\(path): a line has more than \(limit) bytes; this is no bundle")
      }
      let count = min(LineReader.chunk, source.count - offset)
      guard count > 0 else {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return Array(buffer[start...])
      }
      buffer.removeFirst(start)
      searched -= start
      start = 0
      do {
        let read = try source.read(offset..<offset + count)
        // A file that became shorter meanwhile ends here.
        offset = read.isEmpty ? source.count : offset + read.count
        buffer += read
      } catch {
        throw CommandFailure(ExitStatus.cannotRead, "\(error)")
      }
    }
  }
}
