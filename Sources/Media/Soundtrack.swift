import CFFmpeg
import MediaJobs

/// Speech through flite over a soft bed of wind, as blocks that the AAC encoder takes.
final class Soundtrack {
  /// How fast the speech had to be made to fit, and whether it is cut all the same.
  struct Fit {
    var tempo = 1.0
    var isCut = false
  }

  /// Two voices, so that lines that answer each other sound like two people.
  private static let voices = ["slt", "rms"]
  /// Before the first word, between lines, and after the last.
  private static let lead = 0.3
  private static let pause = 0.35
  /// Faster than this, words run together.
  private static let maximumTempo = 1.45
  /// flite synthesises a whole line before the first sample: longer ones would take long and could
  /// never be heard within a clip.
  private static let maximumCharacters = 600

  let fit: Fit
  private let graph: FilterGraph
  private let sink: UnsafeMutablePointer<AVFilterContext>
  private let frame: Frame
  private var written = 0

  init(dialogue: [String], seconds: Double, seed: UInt64) throws(MediaRefusal) {
    let lines = dialogue.filter(Self.canSpeak).map(Self.speakable)
    var fit = Fit()
    if !lines.isEmpty {
      let room = max(0.5, seconds - Self.lead - 0.1)
      let needed = try Self.length(of: lines, seed: seed)
      fit.tempo = min(max(needed / room, 1), Self.maximumTempo)
      fit.isCut = needed / fit.tempo > room + 0.05
    }
    self.fit = fit
    let graph = try FilterGraph()
    let bed = try Self.bed(in: graph, seconds: seconds, seed: seed, underSpeech: !lines.isEmpty)
    var last = bed
    if !lines.isEmpty {
      var speech = try Self.speech(lines, in: graph, seed: seed)
      let tempo = try graph.add("atempo", named: "tempo", options: ["tempo": String(fit.tempo)])
      let delay = try graph.add(
        "adelay", named: "lead", options: ["delays": String(Int(Self.lead * 1000)), "all": "1"])
      let pad = try graph.add("apad", named: "pad", options: ["whole_dur": String(seconds)])
      let level = try graph.add("volume", named: "level", options: ["volume": "-1dB"])
      speech = try graph.chain(speech, tempo, delay, level, pad)
      let mix = try graph.add(
        "amix", named: "mix", options: ["inputs": "2", "normalize": "0", "duration": "longest"])
      try graph.link(speech, mix)
      try graph.link(bed, mix, targetPad: 1)
      let limit = try graph.add(
        "alimiter", named: "limit", options: ["limit": "0.9", "level": "0"])
      last = try graph.chain(mix, limit)
    }
    let samples = Int(seconds * Double(ClipWriter.sampleRate))
    let trim = try graph.add("atrim", named: "trim", options: ["end_sample": String(samples)])
    try graph.chain(last, trim)
    let sink = try graph.addSoundOutput(after: trim)
    try graph.configure()
    self.graph = graph
    self.sink = sink
    frame = try Frame()
  }

  /// Encodes sound up to `seconds` (everything when nil).
  func write(until seconds: Double?, to writer: ClipWriter) throws(MediaRefusal) {
    let rate = Double(ClipWriter.sampleRate)
    while seconds.map({ Double(written) / rate < $0 }) ?? true {
      guard try FilterGraph.pull(frame, from: sink) else { return }
      frame.pointer.pointee.pts = Int64(written)
      written += Int(frame.pointer.pointee.nb_samples)
      try writer.write(audio: frame)
    }
  }

  /// Whether anything of a line is left to say.
  static func canSpeak(_ line: String) -> Bool {
    speakable(line).contains { $0.isLetter || $0.isNumber }
  }

  /// What flite reads well: ASCII letters with plain punctuation.
  static func speakable(_ line: String) -> String {
    var text = ""
    for character in line.prefix(maximumCharacters) {
      switch character {
      case "’", "‘": text.append("'")
      case "—", "–", "…": text.append(", ")
      default:
        if character.isASCII, !character.isNewline, character.asciiValue ?? 0 >= 32 {
          text.append(character)
        } else if character.isWhitespace {
          text.append(" ")
        }
      }
    }
    return text
  }

  private static func speech(
    _ lines: [String], in graph: FilterGraph, seed: UInt64
  ) throws(MediaRefusal) -> UnsafeMutablePointer<AVFilterContext> {
    let concat = try graph.add(
      "concat", named: "lines", options: ["n": String(lines.count), "v": "0", "a": "1"])
    for (index, line) in lines.enumerated() {
      let voice = voices[Int((seed >> 7 &+ UInt64(index)) % UInt64(voices.count))]
      let speaker = try graph.add(
        "flite", named: "speaker\(index)", options: ["text": line, "voice": voice])
      let rate = try graph.add(
        "aresample", named: "rate\(index)",
        options: ["sample_rate": String(ClipWriter.sampleRate)])
      let gap = try graph.add(
        "apad", named: "gap\(index)",
        options: ["pad_dur": String(index == lines.count - 1 ? 0.05 : pause)])
      try graph.chain(speaker, rate, gap)
      try graph.link(gap, concat, targetPad: UInt32(index))
    }
    return concat
  }

  private static func length(of lines: [String], seed: UInt64) throws(MediaRefusal) -> Double {
    let graph = try FilterGraph()
    let speech = try speech(lines, in: graph, seed: seed)
    let sink = try graph.add("abuffersink", named: "out", options: [:])
    try graph.link(speech, sink)
    try graph.configure()
    let frame = try Frame()
    var samples = 0
    while try FilterGraph.pull(frame, from: sink) {
      samples += Int(frame.pointer.pointee.nb_samples)
    }
    return Double(samples) / Double(ClipWriter.sampleRate)
  }

  /// Brown noise below 400 Hz that swells once in ten seconds: no harmonics and no rhythm of
  /// syllables (2 to 8 a second), so that no voice detector takes it for speech.
  private static func bed(
    in graph: FilterGraph, seconds: Double, seed: UInt64, underSpeech: Bool
  ) throws(MediaRefusal) -> UnsafeMutablePointer<AVFilterContext> {
    let wind = try graph.add(
      "anoisesrc", named: "wind",
      options: [
        "color": "brown", "sample_rate": String(ClipWriter.sampleRate), "amplitude": "0.6",
        "seed": String(seed & 0xFFFF_FFFF), "duration": String(seconds),
      ])
    let low = try graph.add("lowpass", named: "low", options: ["frequency": "400"])
    let high = try graph.add("highpass", named: "high", options: ["frequency": "70"])
    let swell = try graph.add("tremolo", named: "swell", options: ["f": "0.1", "d": "0.35"])
    let level = try graph.add(
      "volume", named: "bedlevel", options: ["volume": underSpeech ? "-20dB" : "-14dB"])
    return try graph.chain(wind, low, high, swell, level)
  }
}
