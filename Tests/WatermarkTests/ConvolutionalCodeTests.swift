import Testing

@testable import Watermark

struct ConvolutionalCodeTests {
  let bits = WatermarkPayload(id: 0x8001_F00D_1234_ABCD, tag: 0xC0FFEE).bits

  @Test func aPayloadComesBack() {
    let soft = ConvolutionalCode.encode(bits).map { 1 - 2 * Float($0) }
    #expect(soft.count == 384)
    #expect(ConvolutionalCode.decode(soft) == bits)
    let payload = WatermarkPayload(bits: ConvolutionalCode.decode(soft))
    #expect(payload.id == 0x8001_F00D_1234_ABCD && payload.tag == 0xC0FFEE)
  }

  @Test func everyFifthBitMayBeWrong() {
    var soft = ConvolutionalCode.encode(bits).map { 1 - 2 * Float($0) }
    for index in stride(from: 2, to: soft.count, by: 6) { soft[index] = -soft[index] }
    for index in stride(from: 0, to: soft.count, by: 5) { soft[index] = 0 }
    #expect(ConvolutionalCode.decode(soft) == bits)
  }
}
