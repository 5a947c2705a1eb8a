import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
public import NIOSSL

/// Fetches a manifest store from where a file says that it is (C2PA 2.5 sections 11.4 and
/// 14.10.5.3).
///
/// The address was written by whoever made the file. So each host is resolved first, refused if any
/// of its addresses is forbidden, and then connected to at exactly the address that was looked at;
/// redirects are followed by hand through the same checks. No cookies, no credentials, no proxy.
public struct ManifestFetcher: Sendable {
  /// The largest store that is read at all.
  public static let byteLimit = 32 << 20
  /// For everything: names, redirects, the body.
  public static let secondsLimit = 20
  static let redirectLimit = 3

  private let policy: AddressPolicy
  private let trustRoots: NIOSSLTrustRoots
  private let byteLimit: Int
  private let secondsLimit: Int

  /// - Parameter trustRoots: who may vouch for a server's name.
  public init(
    policy: AddressPolicy = .publicInternet, trustRoots: NIOSSLTrustRoots = .default,
    byteLimit: Int = Self.byteLimit, secondsLimit: Int = Self.secondsLimit
  ) {
    self.policy = policy
    self.trustRoots = trustRoots
    self.byteLimit = byteLimit
    self.secondsLimit = secondsLimit
  }

  /// The bytes at `address`.
  public func fetch(_ address: String) async -> Result<[UInt8], ManifestFetchError> {
    let limit = secondsLimit
    return await withTaskGroup(of: Result<[UInt8], ManifestFetchError>?.self) { group in
      group.addTask { await follow(address) }
      group.addTask {
        try? await Task.sleep(for: .seconds(limit))
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first ?? .failure(.timedOut(seconds: limit))
    }
  }

  private func follow(_ address: String) async -> Result<[UInt8], ManifestFetchError> {
    guard var target = URL(string: address) else { return .failure(.notHTTPS) }
    for _ in 0...Self.redirectLimit {
      switch await ask(target) {
      case .redirect(let location):
        guard let next = URL(string: location, relativeTo: target)?.absoluteURL else {
          return .failure(.notHTTPS)
        }
        target = next
      case .body(let bytes): return .success(bytes)
      case .failure(let error): return .failure(error)
      }
    }
    return .failure(.tooManyRedirects)
  }

  private enum Answer {
    case body([UInt8])
    case redirect(to: String)
    case failure(ManifestFetchError)
  }

  private func ask(_ url: URL) async -> Answer {
    guard url.scheme?.lowercased() == "https", url.user == nil, url.password == nil,
      let host = url.host(), !host.isEmpty, var parts = URLComponents(string: url.absoluteString)
    else { return .failure(.notHTTPS) }
    // `#jumbf=c2pa` says where in the answer the store is; it is no business of the server.
    parts.fragment = nil
    guard let text = parts.string else { return .failure(.notHTTPS) }
    let name = String(host.drop { $0 == "[" }.prefix { $0 != "]" })
    let addresses = await HostResolver.addresses(of: name)
    guard let first = addresses.first else { return .failure(.unresolvable(host: name)) }
    if let forbidden = addresses.first(where: { !policy.permits($0) }) {
      return .failure(.forbiddenAddress(host: name, address: forbidden.description))
    }
    return await ask(text, host: host, at: first)
  }

  private func ask(_ text: String, host: String, at address: IPAddress) async -> Answer {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.trustRoots = trustRoots
    tls.minimumTLSVersion = .tlsv12
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(5), read: .seconds(10)))
    configuration.httpVersion = .http1Only
    // The name was looked up once; a second look might answer otherwise.
    configuration.dnsOverride = [host: address.description]
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let answer = await execute(HTTPClientRequest(url: text), by: client)
    try? await client.shutdown()
    return answer
  }

  private func execute(_ request: HTTPClientRequest, by client: HTTPClient) async -> Answer {
    var request = request
    request.headers.add(name: "accept", value: "application/c2pa, */*;q=0.1")
    do {
      let response = try await client.execute(request, timeout: .seconds(Int64(secondsLimit)))
      switch response.status.code {
      case 200:
        let body = try await response.body.collect(upTo: byteLimit)
        return .body(Array(body.readableBytesView))
      case 301, 302, 303, 307, 308:
        guard let location = response.headers.first(name: "location") else {
          return .failure(.status(Int(response.status.code)))
        }
        return .redirect(to: location)
      default: return .failure(.status(Int(response.status.code)))
      }
    } catch is NIOTooManyBytesError {
      return .failure(.tooLarge(limit: byteLimit))
    } catch let error as HTTPClientError
      where error == .connectTimeout || error == .readTimeout || error == .deadlineExceeded
    {
      return .failure(.timedOut(seconds: secondsLimit))
    } catch {
      return .failure(.connection(String(describing: error)))
    }
  }
}
