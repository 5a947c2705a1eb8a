import Bytes
import Glibc
import PKI

/// Digests of the database files, block by block, as they were when the log was closed. SQLite keeps
/// free space that no row covers: these are what finds a flipped bit there too. Removed before the
/// files are opened for writing, so where it is there it tells of this very state.
enum FileSums {
  static let fileName = "sums"
  static let blockByteCount = 65_536
  private static let files = [LogDatabase.fileName, PayloadDatabase.fileName]

  static func remove(_ folder: String) { unlink("\(folder)/\(fileName)") }

  static func write(_ folder: String) throws {
    // Readers may keep a write-ahead log alive: then the file is not the whole state.
    for file in files where hasPending("\(folder)/\(file)") { return }
    var text = ""
    for file in files {
      for (number, digest) in try digests("\(folder)/\(file)").enumerated() {
        text += "\(digest) \(file) \(number)\n"
      }
    }
    text += "\(Hex.encode(HashAlgorithm.sha256.digest(Array(text.utf8)))) \(fileName)\n"
    let sink = try FileByteSink(path: "\(folder)/\(fileName)")
    try sink.write(Array(text.utf8))
    try sink.commit()
  }

  /// What is not as it was when the log was closed: file, and where in it; empty when there is
  /// nothing to compare with.
  static func compare(_ folder: String) throws -> [(file: String, detail: String)] {
    let path = "\(folder)/\(fileName)"
    guard access(path, F_OK) == 0 else { return [] }
    for file in files where hasPending("\(folder)/\(file)") { return [] }
    let bytes = try FileByteSource.contents(of: path)
    guard bytes.last == 0x0A, let end = bytes.dropLast().lastIndex(of: 0x0A),
      Array(bytes[(end + 1)...])
        == Array(
          "\(Hex.encode(HashAlgorithm.sha256.digest(Array(bytes[...end])))) \(fileName)\n".utf8)
    else { return [(fileName, "the digests of the closed files were changed")] }
    var expected: [String: [String]] = [:]
    for line in String(decoding: bytes[...end], as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 3 { expected[String(words[1]), default: []].append(String(words[0])) }
    }
    var found: [(file: String, detail: String)] = []
    for file in files {
      let now = try digests("\(folder)/\(file)")
      let then = expected[file] ?? []
      for number in 0..<max(now.count, then.count)
      where number >= now.count || number >= then.count || now[number] != then[number] {
        let first = number * blockByteCount
        found.append(
          (file, "bytes \(first) to \(first + blockByteCount - 1) are not as they were written"))
      }
    }
    return found
  }

  private static func hasPending(_ path: String) -> Bool {
    ((try? FileByteSource(path: "\(path)-wal"))?.count ?? 0) > 0
  }

  private static func digests(_ path: String) throws -> [String] {
    let source = try FileByteSource(path: path)
    var digests: [String] = []
    var offset = 0
    while offset < source.count {
      let count = min(blockByteCount, source.count - offset)
      let block = try source.read(offset..<(offset + count))
      digests.append(Hex.encode(HashAlgorithm.sha256.digest(block)))
      offset += count
    }
    return digests
  }
}
