import CFFmpeg
import MediaJobs

/// The sound of a file in planes of numbers, one frame after another, with gaps filled so that it keeps its
/// times.
enum SoundStream {
  enum Form {
    /// As marks are searched: one channel at 16 kHz.
    case searched
    /// At its own rate, or the nearest of these; more than two channels are mixed to two.
    case native([Int32])
  }

  struct Samples {
    let planes: [[Float]]
    let sampleRate: Int
    /// In samples.
    let start: Int64
  }

  /// - Parameter other: packets of all other streams.
  static func read(
    _ input: MediaInput, as form: Form,
    other: ((Packet) throws(MediaRefusal) -> Void)? = nil,
    sound body: (Samples) throws(MediaRefusal) -> Void
  ) throws(MediaRefusal) {
    guard let index = input.best(AVMEDIA_TYPE_AUDIO) else {
      throw MediaRefusal(.noSound, "The file has no sound in it.")
    }
    let decoder = try input.decoder(for: index)
    let converter = SoundConverter(form, timeBase: input.streams[index].pointee.time_base)
    let packet = try Packet()
    let frame = try Frame()
    var seconds = 0.0
    func drain() throws(MediaRefusal) {
      while try decoder.receiveFrame(frame) == .got {
        frame.pointer.pointee.pts = frame.pointer.pointee.best_effort_timestamp
        try converter.take(frame, body)
        frame.clear()
        seconds = converter.seconds
        guard seconds <= input.budget.maximumSeconds + 1 else { throw input.tooLong }
      }
    }
    while try input.read(packet) {
      guard Int(packet.pointer.pointee.stream_index) == index else {
        try other?(packet)
        continue
      }
      let answer = avcodec_send_packet(decoder.pointer, packet.pointer)
      // A damaged packet costs its sound, not the file.
      if answer < 0, answer != cffmpeg_error_invalid() {
        try FFmpeg.check(answer, .malformed, "decode the sound")
      }
      try drain()
    }
    try FFmpeg.check(avcodec_send_packet(decoder.pointer, nil), .malformed, "decode the sound")
    try drain()
    try converter.finish(body)
  }
}

/// Decoded frames in the form that was asked for.
private final class SoundConverter {
  private let form: SoundStream.Form
  private let timeBase: AVRational
  private var graph: FilterGraph?
  private var entry: UnsafeMutablePointer<AVFilterContext>?
  private var exit: UnsafeMutablePointer<AVFilterContext>?
  private var filtered: Frame?
  private(set) var seconds = 0.0

  init(_ form: SoundStream.Form, timeBase: AVRational) {
    self.form = form
    self.timeBase = timeBase
  }

  func take(
    _ frame: Frame, _ body: (SoundStream.Samples) throws(MediaRefusal) -> Void
  ) throws(MediaRefusal) {
    if graph == nil { try build(frame) }
    guard let entry else { return }
    try FFmpeg.check(
      av_buffersrc_add_frame(entry, frame.pointer), .malformed, "convert the sound")
    try drain(body)
  }

  func finish(
    _ body: (SoundStream.Samples) throws(MediaRefusal) -> Void
  ) throws(MediaRefusal) {
    guard let entry else { return }
    try FFmpeg.check(av_buffersrc_add_frame(entry, nil), .internal, "finish the sound")
    try drain(body)
  }

  private func drain(
    _ body: (SoundStream.Samples) throws(MediaRefusal) -> Void
  ) throws(MediaRefusal) {
    guard let exit, let filtered else { return }
    while try FilterGraph.pull(filtered, from: exit) {
      let sound = filtered.pointer.pointee
      let count = Int(sound.nb_samples)
      let channels = Int(sound.ch_layout.nb_channels)
      let planes = (0..<channels).map { channel -> [Float] in
        guard let plane = sound.extended_data[channel] else { return [] }
        let samples = UnsafeRawPointer(plane).assumingMemoryBound(to: Float.self)
        return UnsafeBufferPointer(start: samples, count: count).map(\.tamed)
      }
      seconds += Double(count) / Double(max(sound.sample_rate, 1))
      // A sink counts in samples.
      let start = sound.pts == FFmpeg.noTimestamp ? 0 : sound.pts
      try body(
        SoundStream.Samples(planes: planes, sampleRate: Int(sound.sample_rate), start: start))
    }
  }

  private func build(_ frame: Frame) throws(MediaRefusal) {
    let graph = try FilterGraph()
    let sound = frame.pointer.pointee
    let entry = try graph.addSoundInput(of: frame, timeBase: timeBase)
    let (rate, layouts) =
      switch form {
      case .searched: (Int32(16_000), "mono")
      case .native(let rates):
        (
          Self.nearest(sound.sample_rate, rates),
          sound.ch_layout.nb_channels == 1 ? "mono" : "stereo"
        )
      }
    // Gaps and small jumps in the times are filled.
    let resample = try graph.add(
      "aresample", named: "rate", options: ["sample_rate": String(rate), "async": "1"])
    let format = try graph.add(
      "aformat", named: "format",
      options: [
        "sample_fmts": "fltp", "channel_layouts": layouts, "sample_rates": String(rate),
      ])
    let exit = try graph.add("abuffersink", named: "out", options: [:])
    try graph.chain(entry, resample, format, exit)
    try graph.configure()
    self.graph = graph
    self.entry = entry
    self.exit = exit
    filtered = try Frame()
  }

  private static func nearest(_ rate: Int32, _ rates: [Int32]) -> Int32 {
    if rates.isEmpty { return min(max(rate, 8000), 192_000) }
    return rates.min { abs($0 - rate) < abs($1 - rate) } ?? rate
  }
}
