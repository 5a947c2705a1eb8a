import Labels
import Testing

@Suite struct XMPPacketTests {
  private static let term = DigitalSourceTerm.trainedAlgorithmicMedia.uri

  /// As a photo editor writes it: properties as attributes and as elements, another RDF prefix.
  private static func packet(_ inner: String) -> [UInt8] {
    Array(
      """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
       <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <r:Description r:about="uuid:a&amp;b" xmlns:dc="http://purl.org/dc/elements/1.1/"
          xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" dc:format="image/jpeg">
         <dc:title><r:Alt><r:li xml:lang="x-default">Hafen &lt;1&gt;</r:li></r:Alt></dc:title>
         \(inner)
        </r:Description>
       </r:RDF>
      </x:xmpmeta>
      <?xpacket end="w"?>
      """.utf8)
  }

  @Test func newPacketHoldsWhatIsSet() throws {
    var packet = XMPPacket()
    #expect(packet.values(of: .digitalSourceType) == [])
    try packet.set(.digitalSourceType, to: Self.term)
    try packet.set(.aigc, to: #"{"Label":"1"} <&>"#)
    let read = try XMPPacket(packet.bytes)
    #expect(read.values(of: .digitalSourceType) == [Self.term])
    #expect(read.values(of: .aigc) == [#"{"Label":"1"} <&>"#])
  }

  @Test func restOfThePacketStaysAsItIs() throws {
    let old = Self.packet("")
    var packet = try XMPPacket(old)
    try packet.set(.digitalSourceType, to: Self.term)
    let text = String(decoding: packet.bytes, as: UTF8.self)
    let added = try #require(
      text.firstRange(of: "<r:Description r:about=\"uuid:a&amp;b\" xmlns:Ipt"))
    let end = try #require(text[added.lowerBound...].firstRange(of: "/>"))
    var without = text
    without.removeSubrange(added.lowerBound..<end.upperBound)
    #expect(without == String(decoding: old, as: UTF8.self))
  }

  @Test(arguments: [
    "<e:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
      + "</e:DigitalSourceType>",
    "<e:DigitalSourceType "
      + "r:resource=\"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture\"/>",
  ])
  func everyFormOfAPropertyIsReadAndReplaced(element: String) throws {
    var packet = try XMPPacket(Self.packet(element))
    #expect(packet.values(of: .digitalSourceType).map { $0.hasSuffix("digitalCapture") } == [true])
    try packet.set(.digitalSourceType, to: Self.term)
    #expect(packet.values(of: .digitalSourceType) == [Self.term])
    #expect(!String(decoding: packet.bytes, as: UTF8.self).contains("digitalCapture"))
  }

  @Test(arguments: [
    "no XML", "<a>", "<a></b>", "<a b=c/>", "<x:xmpmeta/>", "<!DOCTYPE a [<!ENTITY e \"x\">]><a/>",
    "<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">&own;</r:RDF>",
    "<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"",
    String(repeating: "<a>", count: 100),
  ])
  func whatCannotBeFollowedIsRefused(text: String) {
    let failure = #expect(throws: LabelError.self) { try XMPPacket(Array(text.utf8)) }
    #expect(failure?.code == "label.invalid_xmp")
  }

  @Test func everyCutIsRefusedOrRead() {
    let whole = Self.packet("<e:DigitalSourceType>x</e:DigitalSourceType>")
    for count in 0..<whole.count { _ = try? XMPPacket(Array(whole[..<count])) }
    #expect((try? XMPPacket(whole)) != nil)
  }
}
