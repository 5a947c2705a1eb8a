import Bytes
import Glibc
import NIOCore
import NIOPosix
import StrictJSON

/// Answers that are kept for a request that comes again: who was answered is not written down, only
/// what the answer is about.
public struct KeptReplies: Sendable {
  static let kind = "reply"

  /// What a request was answered with.
  struct Reply: Sendable {
    let status: Int
    let contentType: String
    let bytes: ByteBuffer
  }

  private let records: RecordStore
  private let root: String
  /// Holds the bodies of answers; a picture's is too long for a record.
  private var folder: String { "\(root)/replies" }

  init(records: RecordStore, root: String) {
    self.records = records
    self.root = root
  }

  /// Of a gateway that does not run.
  ///
  /// - Throws: when the records in `data` cannot be opened.
  public init(data: DataFolder) throws {
    self.init(records: try RecordStore(path: data.records), root: data.path)
  }

  /// The answer of this name, and the digest of the request that it was given to.
  func reply(_ name: String, at time: Int64) async throws -> (reply: Reply, digest: String)? {
    guard let record = try await records.record(KeptReplies.kind, name),
      let expiry = record.expiresAt, expiry > time,
      let status = record.document["status"]?.integer,
      let type = record.document["content_type"]?.string,
      let digest = record.document["digest"]?.string
    else { return nil }
    let path = path(name)
    guard
      let bytes = try? await NIOThreadPool.singleton.runIfActive({
        try FileByteSource.contents(of: path, limit: 1 << 30)
      })
    else { return nil }
    return (Reply(status: status, contentType: type, bytes: ByteBuffer(bytes: bytes)), digest)
  }

  /// A courtesy: an answer that cannot be kept was given all the same.
  ///
  /// - Parameter asset: what the answer is about: the id that its decisions begin with.
  func keep(
    _ reply: Reply, name: String, digest: String, asset: String?, expiresAt: Int64
  ) async {
    let (root, folder, path) = (root, folder, path(name))
    let isWritten = try? await NIOThreadPool.singleton.runIfActive {
      for place in [root, folder] {
        guard mkdir(place, 0o700) == 0 || errno == EEXIST else { return false }
      }
      let sink = try FileByteSink(path: path, mode: 0o600)
      try sink.write(Array(reply.bytes.readableBytesView))
      try sink.commit()
      return true
    }
    guard isWritten == true else { return }
    try? await records.replace(
      KeptReplies.kind, name, tenant: "",
      [
        "digest": .string(digest), "status": .integer(reply.status),
        "content_type": .string(reply.contentType), "asset": asset.map { .string($0) } ?? .null,
      ], expiresAt: expiresAt)
  }

  /// Deletes what is kept about `assets`; the number of answers that went.
  func erase(about assets: Set<String>) async throws -> Int {
    var count = 0
    for record in try await records.records(KeptReplies.kind, limit: .max) {
      guard let asset = record.document["asset"]?.string, assets.contains(asset) else { continue }
      try await delete(record.id)
      count += 1
    }
    return count
  }

  /// The body first: a body without a record would never be found again.
  func delete(_ name: String) async throws {
    guard unlink(path(name)) == 0 || errno == ENOENT else {
      throw FileError(writing: path(name), errorNumber: errno)
    }
    try await records.delete(KeptReplies.kind, name)
  }

  private func path(_ name: String) -> String { "\(folder)/\(name)" }
}
