import AsyncHTTPClient
import Glibc
import NIOCore
import NIOPosix

/// Which addresses of a caller's choice the gateway connects to. A name is resolved once, judged, and
/// that very address is connected to, so that a name cannot change its mind in between.
struct AddressGuard: Sendable {
  struct Refusal: Error, Equatable, Sendable {
    let message: String
  }

  /// For receivers in the operator's own network.
  let allowsPrivate: Bool

  /// A client for one URL, which follows no redirect. Whoever takes it shuts it down.
  func client(for url: String) async throws -> HTTPClient {
    guard let host = AddressGuard.host(of: url) else {
      throw Refusal(message: "the address must be http:// or https:// and name a host")
    }
    let addresses = try await NIOThreadPool.singleton.runIfActive { AddressGuard.resolve(host) }
    guard let address = addresses.first else {
      throw Refusal(message: "the host's name cannot be resolved")
    }
    guard allowsPrivate || addresses.allSatisfy(AddressGuard.isPublic) else {
      throw Refusal(message: "the address lies in a private network")
    }
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(5)
    configuration.dnsOverride = [host: address]
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  static func host(of url: String) -> String? {
    let rest: Substring
    if url.hasPrefix("https://") {
      rest = url.dropFirst(8)
    } else if url.hasPrefix("http://") {
      rest = url.dropFirst(7)
    } else {
      return nil
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // A name before '@' only serves to hide the host.
    guard !authority.isEmpty, !authority.contains("@"), !authority.contains("\\"),
      url.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { return nil }
    if authority.hasPrefix("[") {
      return authority.firstIndex(of: "]").map {
        String(authority[authority.index(after: authority.startIndex)..<$0])
      }
    }
    let host = authority.prefix { $0 != ":" }
    return host.isEmpty ? nil : String(host)
  }

  /// Numeric addresses of a host.
  static func resolve(_ host: String) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let info = next?.pointee {
      var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(
        info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
      {
        addresses.append(
          String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      next = info.ai_next
    }
    return addresses
  }

  /// Whether an address is one of the open internet (RFC 6890 lists what is not).
  static func isPublic(_ address: String) -> Bool {
    var four = in_addr()
    if inet_pton(AF_INET, address, &four) == 1 { return isPublic(UInt32(bigEndian: four.s_addr)) }
    var six = in6_addr()
    let plain = String(address.prefix { $0 != "%" })
    guard inet_pton(AF_INET6, plain, &six) == 1 else { return false }
    let bytes = withUnsafeBytes(of: six) { Array($0) }
    // IPv4 in IPv6 clothes: mapped, and translated (RFC 6052).
    if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
      return isPublic(bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })
    }
    if bytes.starts(with: [0x00, 0x64, 0xFF, 0x9B]) { return false }
    // Global unicast is 2000::/3; documentation and 6to4 within it are no host's.
    guard bytes[0] & 0xE0 == 0x20 else { return false }
    return !bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8]) && !bytes.starts(with: [0x20, 0x02])
      && !bytes.starts(with: [0x20, 0x01, 0x00, 0x00])
  }

  private static func isPublic(_ address: UInt32) -> Bool {
    let blocked: [(UInt32, UInt32)] = [
      (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
      (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24),
      (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24),
      (0xE000_0000, 4), (0xF000_0000, 4),
    ]
    return !blocked.contains { network, bits in
      address >> (32 - bits) == network >> (32 - bits)
    }
  }
}
