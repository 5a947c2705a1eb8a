import Glibc
import Testing

@testable import Classifiers

@Suite struct LogMelSpectrogramTests {
  @Test func silenceIsFlat() {
    let mel = LogMelSpectrogram()([Float](repeating: 0, count: 16_000)[...])
    #expect(mel.count == 80 * 3000)
    #expect(mel.allSatisfy { $0 == -1.5 })
  }

  @Test func aToneLightsItsBand() {
    // 1 kHz is mel 15 of Slaney's scale, whose top (8 kHz) is 45.245: band 15 * 81 / 45.245 - 1.
    let tone = (0..<16_000).map { sinf(2 * .pi * 1000 * Float($0) / 16_000) }
    let mel = LogMelSpectrogram()(tone[...])
    let column = (0..<80).map { mel[$0 * 3000 + 50] }
    let loudest = column.indices.max { column[$0] < column[$1] }!
    #expect((25...27).contains(loudest))
    #expect(column.max()! - column.min()! > 1.5)
  }
}
