import Bytes
import Glibc
import StrictJSON

/// What turns an embedding into category scores: a small network trained by `Training/text-heads`,
/// kept as JSON with its weights in half precision.
struct TextHeads: Sendable {
  struct FormatError: Error, Equatable { let reason: String }

  private struct Layer: Sendable {
    let inputs: Int
    /// Row by row: the weights of one output beside each other.
    let weights: [Float]
    let bias: [Float]
  }

  let labels: [String]
  private let layers: [Layer]

  init(json bytes: [UInt8]) throws(FormatError) {
    let document: JSONValue
    do {
      document = try JSONValue.parse(bytes)
    } catch {
      throw FormatError(reason: "\(error)")
    }
    guard let labels = document["labels"]?.array?.compactMap(\.string),
      let descriptions = document["layers"]?.array
    else { throw FormatError(reason: "\"labels\" or \"layers\" is missing") }
    var layers: [Layer] = []
    var width = TextEncoder.width
    for description in descriptions {
      guard description["inputs"]?.integer == width,
        let outputs = description["outputs"]?.integer,
        let weights = description["weights"]?.string.flatMap(Self.halves),
        let bias = description["bias"]?.string.flatMap(Self.halves), outputs > 0,
        weights.count == width * outputs, bias.count == outputs
      else { throw FormatError(reason: "layer \(layers.count) has a wrong shape") }
      layers.append(Layer(inputs: width, weights: weights, bias: bias))
      width = outputs
    }
    guard width == labels.count, !layers.isEmpty else {
      throw FormatError(reason: "the last layer must have an output for each label")
    }
    self.labels = labels
    self.layers = layers
  }

  /// A score from 0 to 1 for each label.
  func scores(_ embedding: [Float]) -> [Double] {
    // The network was trained on unit variance instead of unit length.
    var values = embedding.map { $0 * Float(TextEncoder.partWidth).squareRoot() }
    for (index, layer) in layers.enumerated() {
      var next = layer.bias
      for output in next.indices {
        let row = output * layer.inputs
        var sum: Float = 0
        for input in 0..<layer.inputs { sum += layer.weights[row + input] * values[input] }
        next[output] += sum
      }
      if index < layers.count - 1 {
        next = next.map { $0 * 0.5 * (1 + erff($0 * Float(0.5).squareRoot())) }
      }
      values = next
    }
    return values.map { 1 / (1 + exp(-Double($0))) }
  }

  /// Base64 of little-endian IEEE 754 binary16.
  private static func halves(_ text: String) -> [Float]? {
    guard let bytes = Base64.decode(text), bytes.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: bytes.count, by: 2).map {
      Float(Float16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8))
    }
  }
}
