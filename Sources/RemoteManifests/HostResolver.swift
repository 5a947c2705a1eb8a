import Foundation
import Glibc

/// Asks the system for the addresses of a host.
enum HostResolver {
  /// Every address of `host`, which may be one itself; empty when there is none.
  ///
  /// On a thread of its own: `getaddrinfo` blocks for as long as it likes.
  static func addresses(of host: String) async -> [IPAddress] {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: resolve(host)) }
    }
  }

  private static func resolve(_ host: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [IPAddress] = []
    var next = list
    while let entry = next {
      next = entry.pointee.ai_next
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let status = getnameinfo(
        entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
        NI_NUMERICHOST)
      guard status == 0 else { continue }
      let name = String(
        decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      // A scope names an interface of this machine: nothing public has one.
      guard let address = IPAddress(name) else { return [] }
      if !found.contains(address) { found.append(address) }
    }
    return found
  }
}
