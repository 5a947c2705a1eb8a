import AsyncHTTPClient
public import AuditStore
import Bytes
public import MerkleLog
import NIOCore
import NIOHTTP1
import NIOPosix

/// Logs and witnesses on the other side of a network.
public enum LogOverHTTP {
  /// A tile of entries at its largest; everything else is smaller.
  private static let bodyLimit = 32 << 20
  private static let deadline = TimeAmount.seconds(20)

  /// A log below a prefix such as `https://gateway.example/log`.
  public static func log(at prefix: String) -> TiledLog {
    let base = trimmed(prefix)
    return TiledLog { name in
      var request = HTTPClientRequest(url: "\(base)/\(name)")
      request.headers.add(name: "User-Agent", value: "assay-follow")
      let (status, body) = try await answer(to: request)
      switch status {
      case 200: return body
      case 404, 410: return nil
      default: throw NoteError(.malformedTile, "\(base)/\(name) answered \(status)")
      }
    }
  }

  /// A witness below its submission prefix.
  public static func witness(key: VerifierKey, at prefix: String) -> any LogWitness {
    HTTPWitness(key: key, base: trimmed(prefix))
  }

  /// The witnesses of a policy file that have an address.
  public static func witnesses(policy bytes: [UInt8]) throws(NoteError) -> [any LogWitness] {
    try WitnessPolicy(parsing: bytes).witnesses.compactMap { witness in
      witness.url.map { LogOverHTTP.witness(key: witness.key, at: $0) }
    }
  }

  static func answer(to request: HTTPClientRequest) async throws -> (status: Int, body: [UInt8]) {
    let response = try await HTTPClient.shared.execute(request, timeout: deadline)
    let body = try await response.body.collect(upTo: bodyLimit)
    return (Int(response.status.code), Array(body.readableBytesView))
  }

  private static func trimmed(_ prefix: String) -> String {
    prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
  }
}

private struct HTTPWitness: LogWitness {
  let key: VerifierKey
  let base: String

  func addCheckpoint(_ request: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
    var call = HTTPClientRequest(url: "\(base)/add-checkpoint")
    call.method = .POST
    call.headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
    call.body = .bytes(request)
    return try await LogOverHTTP.answer(to: call)
  }

  func newest(origin: String) async throws -> SignedNote? {
    let (status, body) = try await LogOverHTTP.answer(
      to: HTTPClientRequest(url: "\(base)/\(WitnessStore.path(origin: origin))"))
    return status == 200 ? try SignedNote(parsing: body) : nil
  }
}
