import CFFmpeg
import MediaJobs

/// Reads a text aloud with flite, as a sound file that says in its own metadata what it is.
enum Speaker {
  /// flite's voices; the names of other services' voices are spread over them.
  static let voices = ["slt", "rms", "awb", "kal16"]
  static let sampleRate: Int32 = 24_000
  /// What common players show as the comment.
  static let label = "AI generated speech"

  static func run(
    _ request: SpeechRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let lines = lines(of: request.text)
    guard !lines.isEmpty else {
      throw MediaRefusal(
        .badRequest, "The text has no Latin letter or digit, and this voice reads nothing else.")
    }
    let codec = codec(of: request.format)
    let encoder = try CodecContext(encoder: codec.encoder)
    encoder.pointer.pointee.sample_rate = sampleRate
    encoder.pointer.pointee.sample_fmt = codec.format
    encoder.pointer.pointee.ch_layout = cffmpeg_layout_mono()
    encoder.pointer.pointee.bit_rate = 64_000
    encoder.pointer.pointee.time_base = AVRational(num: 1, den: sampleRate)
    encoder.pointer.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    let output = try context.openOutput(codec.muxer)
    output.pointer.pointee.flags |= AVFMT_FLAG_BITEXACT
    if output.wantsGlobalHeader {
      encoder.pointer.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER)
    }
    try encoder.open()
    let stream = try output.addStream(for: encoder)
    av_dict_set(&output.pointer.pointee.metadata, "comment", label, 0)
    try output.writeHeader()

    let block = encoder.pointer.pointee.frame_size
    let packet = try Packet()
    let frame = try Frame()
    var samples = 0
    // A graph a line: flite reads a whole line before its first sample, and memory stays flat.
    for (index, line) in lines.enumerated() {
      let (graph, sink) = try graph(
        line, request, format: codec.formatName, block: block > 0 ? block : 1024,
        isLast: index == lines.count - 1)
      try withExtendedLifetime(graph) { () throws(MediaRefusal) in
        while try FilterGraph.pull(frame, from: sink) {
          frame.pointer.pointee.pts = Int64(samples)
          samples += Int(frame.pointer.pointee.nb_samples)
          try output.encode(frame, with: encoder, into: stream, using: packet)
        }
      }
      try context.answers.send(.progress(Double(index + 1) / Double(lines.count)))
    }
    try output.encode(nil, with: encoder, into: stream, using: packet)
    let size = try output.finish()
    return MediaOutcome(
      seconds: Double(samples) / Double(sampleRate), outputBytes: size,
      notes: ["Built-in speech synthesiser (no model), voice \(request.voice)."])
  }

  private static func codec(
    of format: SpeechRequest.Format
  ) -> (encoder: String, muxer: String, format: AVSampleFormat, formatName: String) {
    switch format {
    case .mp3: ("libmp3lame", "mp3", AV_SAMPLE_FMT_FLTP, "fltp")
    case .wav: ("pcm_s16le", "wav", AV_SAMPLE_FMT_S16, "s16")
    case .flac: ("flac", "flac", AV_SAMPLE_FMT_S16, "s16")
    }
  }

  /// Sentences, none longer than flite reads at once.
  static func lines(of text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    func flush() {
      let spoken = Soundtrack.speakable(line)
      if Soundtrack.canSpeak(spoken) { lines.append(spoken) }
      line = ""
    }
    for word in text.split(whereSeparator: \.isWhitespace) {
      if line.count + word.count > 400 { flush() }
      // One word longer than a line is cut: nobody says such a word.
      line += (line.isEmpty ? "" : " ") + word.prefix(400)
      if let end = word.last, ".!?".contains(end), line.count > 60 { flush() }
    }
    flush()
    return lines
  }

  private static func graph(
    _ line: String, _ request: SpeechRequest, format: String, block: Int32, isLast: Bool
  ) throws(MediaRefusal) -> (FilterGraph, UnsafeMutablePointer<AVFilterContext>) {
    let graph = try FilterGraph()
    let voice = voices.contains(request.voice) ? request.voice : voices[0]
    let speaker = try graph.add("flite", named: "speaker", options: ["text": line, "voice": voice])
    // One filter halves at most.
    let speed = min(max(request.speed, 0.25), 4)
    let first = speed < 0.5 ? 0.5 : speed
    let tempo = try graph.add("atempo", named: "tempo", options: ["tempo": String(first)])
    let rest = try graph.add("atempo", named: "tempo2", options: ["tempo": String(speed / first)])
    let rate = try graph.add(
      "aresample", named: "rate", options: ["sample_rate": String(sampleRate)])
    let shape = try graph.add(
      "aformat", named: "format",
      options: [
        "sample_fmts": format, "channel_layouts": "mono", "sample_rates": String(sampleRate),
      ])
    let gap = try graph.add("apad", named: "gap", options: ["pad_dur": isLast ? "0.1" : "0.25"])
    // Encoders with blocks take a short one at their very end only.
    let blocks = try graph.add(
      "asetnsamples", named: "blocks",
      options: ["nb_out_samples": String(block), "pad": isLast ? "0" : "1"])
    let sink = try graph.add("abuffersink", named: "out", options: [:])
    try graph.chain(speaker, tempo, rest, rate, shape, gap, blocks, sink)
    try graph.configure()
    return (graph, sink)
  }
}
