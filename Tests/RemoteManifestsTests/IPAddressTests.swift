import Testing

@testable import RemoteManifests

@Suite struct IPAddressTests {
  @Test(arguments: [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.170", "192.0.2.1", "192.168.1.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1",
    "2002:a00:1::1", "3fff::1", "100::1", "4000::1",
  ])
  func `What is not of the public internet is not global`(_ text: String) throws {
    #expect(!(try #require(IPAddress(text))).isGlobal)
  }

  @Test(arguments: [
    "1.1.1.1", "8.8.8.8", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.20.0.1",
    "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888",
  ])
  func `Public addresses are`(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.isGlobal)
    #expect(address.description == text)
  }

  @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "fe80::1%lo", "[::1]"])
  func `Other text is no address`(_ text: String) {
    #expect(IPAddress(text) == nil)
  }
}
