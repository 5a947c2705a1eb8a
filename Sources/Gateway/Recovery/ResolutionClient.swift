import AsyncHTTPClient
import Bytes
public import Fingerprint
import NIOCore
import NIOHTTP1
public import Provenance
import StrictJSON
import Watermark

/// Another machine's soft binding resolution API (C2PA 2.4), of this gateway or of anybody.
///
/// Only manifests come from there: they are verified here, under the trust configured here. What a file
/// shows is compared there, by sending it.
public struct ResolutionClient: OutputLookup {
  /// An answer lists names; a manifest store may carry thumbnails.
  private static let answerLimit = 1 << 20
  private static let storeLimit = 32 << 20
  /// Of a file that is sent there.
  private static let fileLimit = 100 << 20
  private static let timeout = TimeAmount.seconds(120)

  public let comparesHere = false
  private let base: String
  private let key: String?

  /// Lives as long as the process.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(10)
    // A redirect would take the key to somebody else.
    configuration.redirectConfiguration = .disallow
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// - Parameters:
  ///   - url: `http://` or `https://` and a host, with or without `/v1`; nil is answered for
  ///     anything else.
  ///   - key: sent as a bearer token.
  public init?(url: String, key: String?) {
    guard AddressGuard.host(of: url) != nil else { return nil }
    var base = url
    while base.hasSuffix("/") { base.removeLast() }
    self.base = base.hasSuffix("/v1") ? base : "\(base)/v1"
    self.key = key
  }

  public func manifests(boundTo mark: UInt64) async throws(LookupFailure) -> [String] {
    let query: JSONValue = [
      "alg": .string(WatermarkSecret.algorithm),
      "value": .string(Base64.encode(WatermarkID.bytes(mark))),
    ]
    let answer = try await send(
      .POST, "matches/byBinding", type: "application/json", query.canonical)
    return try Self.matches(answer).map(\.manifestID)
  }

  public func agreement(
    of file: ExaminedFile, with manifestID: String
  ) async throws(LookupFailure) -> ContentAgreement {
    guard let match = try await likenesses(file).first(where: { $0.manifestID == manifestID })
    else {
      return .different
    }
    return match.similarity == nil ? .unknown : .same(seconds: 0)
  }

  public func manifests(like file: ExaminedFile) async throws(LookupFailure) -> [Likeness] {
    try await likenesses(file).filter { $0.similarity != nil }
  }

  public func manifests(heardIn sound: Chromaprint) async throws(LookupFailure) -> [Hearing] { [] }

  public func manifestStore(_ manifestID: String) async throws(LookupFailure) -> [UInt8]? {
    // Written as it stands: a name that is none is not asked for.
    guard SoftBindingRoutes.isManifestID(manifestID),
      !manifestID.contains(where: { "?#%".contains($0) })
    else { return nil }
    return try await send(
      .GET, "manifests/\(manifestID)", limit: Self.storeLimit, isMissingAllowed: true)
  }

  private func likenesses(_ file: ExaminedFile) async throws(LookupFailure) -> [Likeness] {
    let bytes: [UInt8]
    do {
      bytes = try FileByteSource.contents(of: file.path, limit: Self.fileLimit)
    } catch {
      throw LookupFailure("The file could not be sent to \(base): \(error).")
    }
    var path = "matches/byContent"
    if let id = file.finding?.id {
      let value = Base64.encode(WatermarkID.bytes(id)).replacing("+", with: "%2B")
        .replacing("/", with: "%2F").replacing("=", with: "%3D")
      path += "?hintAlg=\(WatermarkSecret.algorithm)&hintValue=\(value)"
    }
    return try Self.matches(
      try await send(.POST, path, type: "application/octet-stream", bytes))
  }

  private static func matches(_ answer: [UInt8]?) throws(LookupFailure) -> [Likeness] {
    guard let answer, let json = try? JSONValue.parse(answer), let list = json["matches"]?.array
    else { throw LookupFailure("The answer of the resolution service is no list of matches.") }
    return list.compactMap { match in
      match["manifestId"]?.string.map {
        Likeness(manifestID: $0, similarity: match["similarityScore"]?.integer, seconds: nil)
      }
    }
  }

  /// The body of a success; nil for 404 where that is an answer.
  private func send(
    _ method: HTTPMethod, _ path: String, type: String? = nil, _ body: [UInt8]? = nil,
    limit: Int = ResolutionClient.answerLimit, isMissingAllowed: Bool = false
  ) async throws(LookupFailure) -> [UInt8]? {
    var request = HTTPClientRequest(url: "\(base)/\(path)")
    request.method = method
    request.headers.add(name: "User-Agent", value: "Assay")
    if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
    if let type { request.headers.add(name: "Content-Type", value: type) }
    if let body { request.body = .bytes(body) }
    let status: UInt
    let bytes: [UInt8]
    do {
      let response = try await Self.client.execute(request, timeout: Self.timeout)
      status = response.status.code
      bytes = Array(try await response.body.collect(upTo: limit).readableBytesView)
    } catch {
      throw LookupFailure("The resolution service at \(base) does not answer: \(error).")
    }
    if status == 404, isMissingAllowed { return nil }
    guard status == 200 else {
      throw LookupFailure(
        "The resolution service at \(base) answered with status \(status)"
          + (status == 401 || status == 403
            ? "; name a key with the scope fetch:manifests in ASSAY_RECOVER_KEY." : "."))
    }
    return bytes
  }
}
