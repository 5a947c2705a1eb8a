import Dispatch
import Evidence
import Glibc
import Logging
import Moderation
import Policy
import ServiceLifecycle

/// Takes changed policies into a running server: on SIGHUP, and when a file changed. A set with a
/// mistake is refused with all its mistakes in the server's log, and the old one stays.
struct PolicyWatch: Service {
  /// Somebody who saves a file waits about as long.
  static let interval = Duration.seconds(2)

  let shelf: PolicyShelf
  let text: PolicyText
  let installation: InstallationLog
  let logger: Logger

  func run() async throws {
    let hangups = AsyncStream<Bool>.makeStream(bufferingPolicy: .bufferingNewest(1))
    // The default action of SIGHUP ends the process.
    signal(SIGHUP, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGHUP)
    source.setEventHandler { hangups.continuation.yield(true) }
    source.resume()
    let timer = Task {
      while (try? await Task.sleep(for: PolicyWatch.interval)) != nil {
        hangups.continuation.yield(false)
      }
    }
    defer {
      timer.cancel()
      source.cancel()
    }
    await cancelWhenGracefulShutdown {
      for await isAsked in hangups.stream { await look(isAsked: isAsked) }
    }
  }

  func look(isAsked: Bool) async {
    let (text, installation) = (text, installation)
    let outcome = await shelf.reload(
      isForced: isAsked, prepare: { await text.use($0) },
      declare: { try await installation.declare($0) })
    switch outcome {
    case .unchanged:
      if isAsked { logger.info("the policies are as they were") }
    case .replaced(let set):
      for identity in set.identities {
        logger.notice(
          "policy in force",
          metadata: [
            "policy": "\(identity.name)", "version": "\(identity.version)",
            "sha256": "\(identity.sha256)",
          ])
      }
      for line in set.banner { logger.warning("\(line)") }
    case .refused(let error):
      for diagnostic in error.errors {
        logger.error("the policies were not changed: \(diagnostic)")
      }
    }
  }
}
