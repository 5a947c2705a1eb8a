import Glibc

/// Greedy decoding of Whisper with timestamps, by the rules of its reference decoder.
struct WhisperDecoder {
  /// One stretch of text and its seconds from the window's start.
  struct Segment: Equatable {
    let start: Double
    let end: Double
    let text: String
  }

  private static let layers = 4
  private static let width = 384
  /// Half of the model's text context, as in the reference: 30 seconds of fast speech fit.
  private static let maximumTokens = 224
  /// The first time may lie at most this far in.
  private static let latestStart = 1.0
  /// Above this, and with a mean log probability below the other, the window holds no speech.
  private static let noSpeechThreshold = 0.6
  private static let logProbabilityThreshold = -1.0

  let encoder: OnnxSession
  let decoder: OnnxSession
  let tokens: WhisperTokens

  /// `mel` is `LogMelSpectrogram`'s output for one window of 30 seconds, of which `duration`
  /// seconds are sound.
  func segments(_ mel: [Float], duration: Double) throws(InferenceError) -> [Segment] {
    let input = try Tensor(
      mel, shape: [1, LogMelSpectrogram.bands, LogMelSpectrogram.columns])
    let cross = try encoder.run([("mel", input)], outputs: ["cross_key", "cross_value"])
    var key = try Tensor([Float](), shape: [Self.layers, 1, 0, Self.width])
    var value = key
    var emitted: [Int] = []
    var last = tokens.startOfTranscript
    var noSpeech = 0.0
    var logProbability = 0.0
    while emitted.count < Self.maximumTokens {
      let outputs = try decoder.run(
        [
          ("tokens", try Tensor([Int64(last)], shape: [1, 1])), ("self_key", key),
          ("self_value", value), ("cross_key", cross[0]), ("cross_value", cross[1]),
        ], outputs: ["logits", "next_self_key", "next_self_value"])
      key = outputs[1]
      value = outputs[2]
      var logits = outputs[0].floats
      if emitted.isEmpty {
        noSpeech = exp(Double(logits[tokens.noSpeech]) - Self.logSum(logits[...]))
      }
      applyRules(&logits, after: emitted)
      let next = logits.indices.max { logits[$0] < logits[$1] }!
      logProbability += Double(logits[next]) - Self.logSum(logits[...])
      if next == tokens.endOfText { break }
      emitted.append(next)
      last = next
      if repeats(emitted) { break }
    }
    let mean = logProbability / Double(emitted.count + 1)
    if noSpeech > Self.noSpeechThreshold, mean < Self.logProbabilityThreshold { return [] }
    return split(emitted, duration: duration)
  }

  /// Times come in pairs and never run backward; a window begins with one; and when times together
  /// are likelier than any word, a time it is.
  private func applyRules(_ logits: inout [Float], after emitted: [Int]) {
    let never = -Float.infinity
    for token in tokens.suppressed { logits[token] = never }
    logits[tokens.noTimestamps] = never
    if emitted.isEmpty {
      for token in tokens.suppressedFirst { logits[token] = never }
      for token in 0..<tokens.firstTimestamp { logits[token] = never }
      let latest = tokens.firstTimestamp + Int(Self.latestStart / 0.02)
      for token in latest + 1..<logits.count { logits[token] = never }
      return
    }
    let lastIsTime = emitted.last! >= tokens.firstTimestamp
    let penultimateIsTime =
      emitted.count < 2 || emitted[emitted.count - 2] >= tokens.firstTimestamp
    if lastIsTime {
      if penultimateIsTime {
        for token in tokens.firstTimestamp..<logits.count { logits[token] = never }
      } else {
        for token in 0..<tokens.endOfText { logits[token] = never }
      }
    }
    if let latest = emitted.last(where: { $0 >= tokens.firstTimestamp }) {
      // A stretch has a length, so the time that closes it lies behind the one that opened it.
      let first = lastIsTime && !penultimateIsTime ? latest : latest + 1
      for token in tokens.firstTimestamp..<max(first, tokens.firstTimestamp) {
        logits[token] = never
      }
    }
    let times = Self.logSum(logits[tokens.firstTimestamp...])
    let likeliestWord = logits[..<tokens.firstTimestamp].max() ?? never
    if times > Double(likeliestWord) {
      for token in 0..<tokens.firstTimestamp { logits[token] = never }
    }
  }

  private static func logSum(_ logits: ArraySlice<Float>) -> Double {
    guard let largest = logits.max(), largest > -.infinity else { return -.infinity }
    var sum: Float = 0
    for logit in logits { sum += expf(logit - largest) }
    return Double(largest) + log(Double(sum))
  }

  /// On music and noise the decoder can fall into saying one thing for ever.
  private func repeats(_ emitted: [Int]) -> Bool {
    let words = emitted.filter { $0 < tokens.endOfText }
    for length in 1...12 where words.count >= length * 4 {
      let tail = words.suffix(length)
      let isLoop = (2...4).allSatisfy {
        words.dropLast(length * ($0 - 1)).suffix(length).elementsEqual(tail)
      }
      if isLoop { return true }
    }
    return false
  }

  private func split(_ emitted: [Int], duration: Double) -> [Segment] {
    var segments: [Segment] = []
    var start = 0.0
    var words: [Int] = []
    func finish(at end: Double) {
      var text = tokens.text(words)[...]
      while text.first?.isWhitespace == true { text.removeFirst() }
      while text.last?.isWhitespace == true { text.removeLast() }
      let limited = min(end, duration)
      if !text.isEmpty {
        segments.append(
          Segment(start: min(start, limited), end: limited, text: String(text)))
      }
      words = []
    }
    for token in emitted {
      if let time = tokens.time(token) {
        if !words.isEmpty { finish(at: time) }
        start = time
      } else {
        words.append(token)
      }
    }
    if !words.isEmpty { finish(at: duration) }
    return segments
  }
}
