import Testing

@testable import Watermark

struct ConvolutionalCodeTests {
  let bits = WatermarkPayload(id: 0x8001_F00D_1234_ABCD, tag: 0xC0FFEE).bits

  @Test func aPayloadComesBack() {
    let soft = ConvolutionalCode.encode(bits).map { 1 - 2 * Float($0) }
    #expect(soft.count == 384)
    #expect(ConvolutionalCode.decode(soft)[0] == bits)
    let payload = WatermarkPayload(bits: ConvolutionalCode.decode(soft)[0])
    #expect(payload.id == 0x8001_F00D_1234_ABCD && payload.tag == 0xC0FFEE)
  }

  @Test func everyFifthBitMayBeWrong() {
    var soft = ConvolutionalCode.encode(bits).map { 1 - 2 * Float($0) }
    for index in stride(from: 2, to: soft.count, by: 6) { soft[index] = -soft[index] }
    for index in stride(from: 0, to: soft.count, by: 5) { soft[index] = 0 }
    #expect(ConvolutionalCode.decode(soft)[0] == bits)
  }

  @Test func theListNamesDifferentWordsByTheirLikelihood() {
    let sent = ConvolutionalCode.encode(bits)
    var soft = sent.map { 1 - 2 * Float($0) }
    // The likeliest word is another one when the channel says so on every bit in which they differ.
    var other = bits
    other[40] ^= 1
    for (index, bit) in ConvolutionalCode.encode(other).enumerated() where bit != sent[index] {
      soft[index] *= -0.1
    }
    let words = ConvolutionalCode.decode(soft)
    #expect(words.count == ConvolutionalCode.listCount && Set(words).count == words.count)
    #expect(words[0] == other && words[1] == bits)
    let likelihoods = words.map { word in
      zip(ConvolutionalCode.encode(word), soft).reduce(0) { $0 + (1 - 2 * Float($1.0)) * $1.1 }
    }
    #expect(zip(likelihoods, likelihoods.dropFirst()).allSatisfy { $0 >= $1 - 1e-3 })
  }
}
