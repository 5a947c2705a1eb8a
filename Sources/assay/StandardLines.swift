import Dispatch
import Glibc
import Moderation
import Synchronization

/// Lines of standard input and output, read and written on threads of their own: a slow neighbour
/// in a pipe must not hold a thread that judges.
final class StandardLines: Sendable {
  private struct Input {
    var buffer: [UInt8] = []
    var start = 0
    var number = 0
    var hasEnded = false
    var failure: Int32?
  }

  private static let chunk = 64 << 10
  private let input = Mutex(Input())
  private let reading = DispatchQueue(label: "assay.lines.input")
  private let writing = DispatchQueue(label: "assay.lines.output")

  /// `errno` of the read that ended the input too early.
  var failure: Int32? { input.withLock { $0.failure } }

  /// The next line that is not blank; nil at the end. One call at a time.
  func next() async -> TextRow? {
    await withCheckedContinuation { continuation in
      reading.async {
        continuation.resume(returning: self.input.withLock { Self.line(from: &$0) })
      }
    }
  }

  /// Writes a line and lets the reader at the other end have it at once.
  func write(_ line: String) async {
    await withCheckedContinuation { continuation in
      writing.async {
        print(line)
        fflush(nil)
        continuation.resume()
      }
    }
  }

  private static func line(from input: inout Input) -> TextRow? {
    var line: [UInt8] = []
    var isTooLong = false
    while true {
      let rest = input.buffer[input.start...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      if line.count + (end ?? rest.endIndex) - rest.startIndex > TextRow.byteLimit {
        isTooLong = true
      } else {
        line += rest[..<(end ?? rest.endIndex)]
      }
      input.start = end.map { $0 + 1 } ?? input.buffer.count
      if end == nil, fill(&input) { continue }
      if end == nil, line.isEmpty, !isTooLong { return nil }
      input.number += 1
      if isTooLong { return TextRow(number: input.number, bytes: nil) }
      if !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
        return TextRow(number: input.number, bytes: line)
      }
      line = []
    }
  }

  /// False when there is no more.
  private static func fill(_ input: inout Input) -> Bool {
    guard !input.hasEnded else { return false }
    var count = 0
    var errorNumber: Int32 = 0
    input.buffer = [UInt8](unsafeUninitializedCapacity: chunk) { buffer, filled in
      repeat {
        count = read(STDIN_FILENO, buffer.baseAddress, chunk)
        errorNumber = errno
      } while count < 0 && errorNumber == EINTR
      filled = max(count, 0)
    }
    input.start = 0
    if count <= 0 { input.hasEnded = true }
    if count < 0 { input.failure = errorNumber }
    return count > 0
  }
}
