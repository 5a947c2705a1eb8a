import Bytes
import Testing

@testable import Classifiers

@Suite struct TextHeadsTests {
  private func halves(_ values: [Float]) -> String {
    Base64.encode(
      values.flatMap { value -> [UInt8] in
        let bits = Float16(value).bitPattern
        return [UInt8(bits & 255), UInt8(bits >> 8)]
      })
  }

  private func document(outputs: Int = 2, labels: String = #"["unsafe", "hate"]"#) -> [UInt8] {
    var weights = [Float](repeating: 0, count: TextEncoder.width * 2)
    weights[0] = 0.5
    return Array(
      """
      {"version": "1", "labels": \(labels), "layers": [
      {"inputs": \(TextEncoder.width), "outputs": \(outputs),
      "weights": "\(halves(weights))", "bias": "\(halves([0, -1]))"}]}
      """.utf8)
  }

  @Test func scoresAnEmbedding() throws {
    let heads = try TextHeads(json: document())
    #expect(heads.labels == ["unsafe", "hate"])
    var embedding = [Float](repeating: 0, count: TextEncoder.width)
    embedding[0] = 1 / Float(384).squareRoot()
    let scores = heads.scores(embedding)
    // Sigmoids of 0.5 and -1.
    #expect(abs(scores[0] - 0.6224593) < 1e-5)
    #expect(abs(scores[1] - 0.2689414) < 1e-5)
  }

  @Test func refusesWrongShapes() {
    #expect(throws: TextHeads.FormatError.self) { try TextHeads(json: document(outputs: 3)) }
    #expect(throws: TextHeads.FormatError.self) {
      try TextHeads(json: document(labels: #"["unsafe"]"#))
    }
    #expect(throws: TextHeads.FormatError.self) { try TextHeads(json: Array("{}".utf8)) }
  }
}
