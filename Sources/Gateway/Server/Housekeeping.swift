import Bytes
import Glibc
import Logging
import Moderation
import ServiceLifecycle

/// Deletes what nobody can reach any more: expired clips, and uploads of requests that a crash cut
/// off before they became jobs.
struct Housekeeping: Service {
  /// Clips live for a day; a minute more does not matter.
  static let interval = Duration.seconds(60)

  let workspace: Workspace
  let store: JobStore
  let records: RecordStore
  let logger: Logger
  var clock: @Sendable () -> Int64 = WallClock.seconds

  func run() async throws {
    await cancelWhenGracefulShutdown {
      repeat {
        do {
          try await deleteExpired()
        } catch {
          logger.error("cannot delete expired clips", metadata: ["error": "\(error)"])
        }
      } while (try? await Task.sleep(for: Housekeeping.interval)) != nil
    }
  }

  /// The files go; the job stays, so that its caller reads when it expired.
  func deleteExpired() async throws {
    for id in try await store.expired(at: clock()) {
      workspace.delete(id)
      try await store.markSwept(id)
      logger.info("expired", metadata: ["job": "\(id)"])
    }
    let assets = AssetStore(workspace: workspace, records: records, clock: clock)
    let replies = KeptReplies(records: records, root: workspace.root)
    for record in try await records.expired(at: clock()) {
      switch record.kind {
      case AssetStore.kind: unlink(assets.path(record.id))
      case KeptReplies.kind:
        do {
          try await replies.delete(record.id)
        } catch {
          // The others still go; this one is tried again.
          logger.error("cannot delete a kept answer", metadata: ["error": "\(error)"])
          continue
        }
      default: break
      }
      try await records.delete(record.kind, record.id)
    }
  }

  /// To be called before requests are served: an upload that has no job then never gets one.
  func deleteOrphans() async throws {
    let known = try await store.ids()
    for name in (try? DirectoryListing.names(in: "\(workspace.root)/quarantine")) ?? []
    where !known.contains(name) {
      workspace.sweepQuarantine(name)
      logger.info("deleted an upload without a job", metadata: ["id": "\(name)"])
    }
  }
}
