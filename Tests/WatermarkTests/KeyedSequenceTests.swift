import Testing

@testable import Watermark

@Suite struct KeyedSequenceTests {
  @Test func wordsAreThoseOfTheWrittenDefinition() throws {
    // Worked by hand from the definition in the doc comment with another language's integers.
    let sequence = try #require(KeyedSequence(seed: (0..<32).map { UInt8($0) }))
    #expect(sequence.word(stream: 0, index: 0) == 0xF518_2AC0_264C_F02B)
    #expect(sequence.word(stream: 5, index: 1234) == 0x9817_1CD3_65A4_99EF)
  }

  @Test func seedMustBe32Bytes() {
    #expect(KeyedSequence(seed: []) == nil)
    #expect(KeyedSequence(seed: [UInt8](repeating: 0, count: 33)) == nil)
  }

  @Test func drawsAreSpreadEvenly() throws {
    let sequence = try #require(KeyedSequence(seed: [UInt8](repeating: 0, count: 32)))
    var tenths = [Int](repeating: 0, count: 10)
    var choices = [Int](repeating: 0, count: 5)
    for index in 0..<10_000 {
      tenths[Int(sequence.unit(stream: 1, index: UInt64(index)) * 10)] += 1
      choices[sequence.choice(stream: 2, index: UInt64(index), of: 5)] += 1
    }
    // Six standard deviations of a binomial count: never by chance.
    #expect(tenths.allSatisfy { abs($0 - 1000) < 180 })
    #expect(choices.allSatisfy { abs($0 - 2000) < 240 })
  }
}
