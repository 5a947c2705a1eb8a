import Glibc
import MediaJobs

/// Answers to the client, each written whole before the next.
final class AnswerWriter {
  private let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// A client that is gone ends the process by SIGPIPE: nobody waits for the rest.
  func send(_ answer: MediaAnswer) throws(MediaRefusal) {
    let bytes = answer.message.encoded
    var written = 0
    while written < bytes.count {
      let wrote = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if wrote < 0 {
        if errno == EINTR { continue }
        throw MediaRefusal(.internal, "The answer could not be handed over: error \(errno).")
      }
      written += wrote
    }
  }
}
