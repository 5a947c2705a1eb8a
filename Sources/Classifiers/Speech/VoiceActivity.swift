/// Silero VAD: where in a sound somebody speaks.
struct VoiceActivity {
  static let sampleRate = 16_000
  /// Samples a frame, and how many of the frame before it the model reads as well.
  static let frameLength = 512
  private static let contextLength = 64
  /// Frames a run of the model; 16 seconds, to bound its memory.
  private static let maximumFrames = 512

  /// Speech begins at a probability of 0.5 and goes on down to 0.35 (the model's own defaults).
  private static let startThreshold: Float = 0.5
  private static let endThreshold: Float = 0.35
  /// Pauses shorter than this do not end a stretch (0.3 s); stretches shorter than 0.2 s are
  /// clicks.
  private static let shortestPause = 10
  private static let shortestSpeech = 6

  let session: OnnxSession

  /// A probability for each whole or begun frame of 32 ms.
  func probabilities(_ samples: [Float]) throws(InferenceError) -> [Float] {
    let frameCount = (samples.count + Self.frameLength - 1) / Self.frameLength
    let row = Self.contextLength + Self.frameLength
    var hidden = try Tensor([Float](repeating: 0, count: 128), shape: [1, 1, 128])
    var cell = hidden
    var probabilities: [Float] = []
    var first = 0
    while first < frameCount {
      let count = min(Self.maximumFrames, frameCount - first)
      var input = [Float](repeating: 0, count: count * row)
      for frame in 0..<count {
        let start = (first + frame) * Self.frameLength - Self.contextLength
        for offset in 0..<row where samples.indices.contains(start + offset) {
          input[frame * row + offset] = samples[start + offset]
        }
      }
      let outputs = try session.run(
        [("input", try Tensor(input, shape: [count, row])), ("h", hidden), ("c", cell)],
        outputs: ["speech_probs", "hn", "cn"])
      probabilities += outputs[0].floats
      hidden = outputs[1]
      cell = outputs[2]
      first += count
    }
    return probabilities
  }

  /// Stretches of speech as frame numbers.
  static func stretches(_ probabilities: [Float]) -> [Range<Int>] {
    var stretches: [Range<Int>] = []
    var start: Int?
    var lastSpeech = 0
    func finish() {
      if let begun = start, lastSpeech + 1 - begun >= shortestSpeech {
        stretches.append(begun..<lastSpeech + 1)
      }
      start = nil
    }
    for (frame, probability) in probabilities.enumerated() {
      if probability >= (start == nil ? startThreshold : endThreshold) {
        if start == nil { start = frame }
        lastSpeech = frame
      } else if start != nil, frame - lastSpeech >= shortestPause {
        finish()
      }
    }
    finish()
    return stretches
  }
}
