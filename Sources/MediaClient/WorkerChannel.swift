import Bytes
import Glibc
import MediaJobs

/// The three ways to and from a process. Socket pairs rather than pipes: a write to a process that
/// died is an error then and not a SIGPIPE to the server.
final class WorkerChannel {
  private let near: (input: Descriptor, output: Descriptor, error: Descriptor)
  private(set) var far: (input: Descriptor, output: Descriptor, error: Descriptor)!
  private var complaints: [UInt8] = []

  /// The last line that the process wrote to standard error.
  var complaint: String { WorkerProcess.tail(complaints) }

  private static let bufferLength = 256 << 10
  private static let complaintLimit = 16 << 10

  init() throws(MediaFailure) {
    let input = try Self.pair()
    let output = try Self.pair()
    let error = try Self.pair()
    near = (input.0, output.0, error.0)
    far = (input.1, output.1, error.1)
  }

  private static func pair() throws(MediaFailure) -> (Descriptor, Descriptor) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw .unavailable("no socket pair: \(String(cString: strerror(errno)))")
    }
    let first: Descriptor
    do throws(MediaFailure) {
      first = try Descriptor.moved(ends[0], path: "socket pair")
    } catch {
      close(ends[1])
      throw error
    }
    return (first, try Descriptor.moved(ends[1], path: "socket pair"))
  }

  /// After the start: the end of the process must be the end of the stream.
  func closeFarEnds() { far = nil }

  /// Sends the job and hands every answer to `collector`, until the process closes its output.
  func converse(
    _ job: [UInt8], seconds: Double, grace: Double, collector: inout AnswerCollector
  ) throws(MediaFailure) {
    var sent = 0
    var decoder = MediaMessageDecoder()
    var buffer = [UInt8](repeating: 0, count: Self.bufferLength)
    var isErrorOpen = true
    let end = Self.now + seconds + grace
    while true {
      let left = end - Self.now
      guard left > 0 else { throw .timedOut(seconds: seconds) }
      var polls = [
        pollfd(fd: near.output.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isErrorOpen ? near.error.number : -1, events: Int16(POLLIN), revents: 0),
        pollfd(
          fd: sent < job.count ? near.input.number : -1, events: Int16(POLLOUT), revents: 0),
      ]
      guard poll(&polls, 3, Int32(min(left * 1000 + 1, 60_000))) >= 0 else {
        if errno == EINTR { continue }
        throw .unavailable("poll: \(String(cString: strerror(errno)))")
      }
      if polls[2].revents != 0 { sent = send(job, from: sent) }
      if polls[1].revents != 0 { isErrorOpen = readComplaint(&buffer) }
      guard polls[0].revents != 0 else { continue }
      let got = recv(near.output.number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if got < 0, errno == EAGAIN || errno == EINTR { continue }
      guard got > 0 else { break }
      decoder.append(buffer[..<got])
      while let message = try Self.next(&decoder) { try collector.take(message) }
    }
    if isErrorOpen { _ = readComplaint(&buffer) }
  }

  private static func next(
    _ decoder: inout MediaMessageDecoder
  ) throws(MediaFailure) -> MediaMessage? {
    do {
      return try decoder.next()
    } catch {
      throw .crashed("its answer makes no sense: \(error)")
    }
  }

  /// Bytes sent so far. A process that does not listen any more says so by ending.
  private func send(_ job: [UInt8], from start: Int) -> Int {
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    let wrote = job.withUnsafeBytes {
      Glibc.send(near.input.number, $0.baseAddress! + start, job.count - start, flags)
    }
    if wrote < 0 { return errno == EAGAIN || errno == EINTR ? start : job.count }
    if start + wrote == job.count { shutdown(near.input.number, Int32(SHUT_WR)) }
    return start + wrote
  }

  /// Whether more may come.
  private func readComplaint(_ buffer: inout [UInt8]) -> Bool {
    let got = recv(near.error.number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    if got < 0 { return errno == EAGAIN || errno == EINTR }
    guard got > 0 else { return false }
    complaints = Array((complaints + buffer[..<got]).suffix(Self.complaintLimit))
    return true
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
