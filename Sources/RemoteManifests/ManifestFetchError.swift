/// Why a manifest store was not fetched. `description` is for the person at the terminal.
public enum ManifestFetchError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Only `https` addresses without a user name are asked.
  case notHTTPS
  case unresolvable(host: String)
  /// The host has an address that is not of the public internet.
  case forbiddenAddress(host: String, address: String)
  case tooManyRedirects
  case status(Int)
  case tooLarge(limit: Int)
  case timedOut(seconds: Int)
  /// The connection or its encryption failed.
  case connection(String)

  public var code: String {
    switch self {
    case .notHTTPS: "fetch.not_https"
    case .unresolvable: "fetch.unresolvable"
    case .forbiddenAddress: "fetch.forbidden_address"
    case .tooManyRedirects: "fetch.too_many_redirects"
    case .status: "fetch.status"
    case .tooLarge: "fetch.too_large"
    case .timedOut: "fetch.timed_out"
    case .connection: "fetch.connection"
    }
  }

  public var description: String {
    switch self {
    case .notHTTPS: "it is no https address, or it carries a user name"
    case .unresolvable(let host): "no address of \(host) is known"
    case .forbiddenAddress(let host, let address):
      "\(host) is at \(address), which is not on the public internet: a file may not make this "
        + "machine ask there"
    case .tooManyRedirects: "it leads from one address to the next"
    case .status(let status): "the server answered \(status)"
    case .tooLarge(let limit): "it is larger than \(limit) bytes"
    case .timedOut(let seconds): "it took longer than \(seconds) seconds"
    case .connection(let reason): "the connection failed: \(reason)"
    }
  }
}
