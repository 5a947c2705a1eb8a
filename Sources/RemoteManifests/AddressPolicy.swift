import Glibc

/// Which network addresses may be asked on behalf of a file that anybody can have written (C2PA 2.5
/// section 14.10.5.3): only those of the public internet, never a machine's own, a private network's
/// or a cloud's metadata service.
public struct AddressPolicy: Sendable {
  private let allows: @Sendable (IPAddress) -> Bool

  /// - Parameter allows: which addresses may be connected to.
  public init(_ allows: @escaping @Sendable (IPAddress) -> Bool) { self.allows = allows }

  /// Addresses that the registries of RFC 6890 call global.
  public static let publicInternet = AddressPolicy(\.isGlobal)

  func permits(_ address: IPAddress) -> Bool { allows(address) }
}

/// An IPv4 or IPv6 address, by its bytes.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// Four or sixteen, in network order.
  public let bytes: [UInt8]

  /// Nil for text that is no address.
  public init?(_ text: String) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      bytes = withUnsafeBytes(of: four) { Array($0) }
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      bytes = withUnsafeBytes(of: six) { Array($0) }
    } else {
      return nil
    }
  }

  public var description: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    inet_ntop(family, bytes, &buffer, socklen_t(buffer.count))
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func isIn(_ prefix: [UInt8], bits: Int) -> Bool {
    for bit in 0..<bits {
      let mask: UInt8 = 0x80 >> UInt8(bit % 8)
      if bytes[bit / 8] & mask != prefix[bit / 8] & mask { return false }
    }
    return true
  }

  /// Blocks of the IANA IPv4 special-purpose registry, multicast and what is reserved.
  private static let specialIPv4: [(prefix: [UInt8], bits: Int)] = [
    ([0, 0, 0, 0], 8), ([10, 0, 0, 0], 8), ([100, 64, 0, 0], 10), ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16), ([172, 16, 0, 0], 12), ([192, 0, 0, 0], 24), ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24), ([192, 168, 0, 0], 16), ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24), ([203, 0, 113, 0], 24), ([224, 0, 0, 0], 3),
  ]

  /// Parts of 2000::/3 that lead elsewhere: protocol assignments with Teredo, documentation, 6to4.
  private static let specialIPv6: [(prefix: [UInt8], bits: Int)] = [
    ([0x20, 0x01, 0x00, 0x00], 23), ([0x20, 0x01, 0x0D, 0xB8], 32), ([0x20, 0x02], 16),
    ([0x3F, 0xFF, 0x00], 20),
  ]

  var isGlobal: Bool {
    if bytes.count == 4 { return !Self.specialIPv4.contains { isIn($0.prefix, bits: $0.bits) } }
    // Global unicast is 2000::/3 (RFC 4291); addresses that carry an IPv4 one inside are outside it.
    return isIn([0x20], bits: 3)
      && !Self.specialIPv6.contains { isIn($0.prefix, bits: $0.bits) }
  }
}
