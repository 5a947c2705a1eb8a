import CFFmpeg
import MediaJobs

/// Carries the soundtrack of a clip into another: AAC as it is, everything else encoded anew.
final class SoundPassage {
  private let source: UnsafeMutablePointer<AVStream>
  /// Nil where packets are copied.
  private let decoder: CodecContext?
  private let frame: Frame
  private let filtered: Frame
  private var graph: FilterGraph?
  private var entry: UnsafeMutablePointer<AVFilterContext>?
  private var exit: UnsafeMutablePointer<AVFilterContext>?
  /// Sound that comes before the first picture waits here: the output is not open yet.
  private var early: [Packet] = []
  /// An interleaved file holds back a second or so; this is far beyond any honest one.
  private static let earlyLimit = 5000

  init(of input: MediaInput, at index: Int) throws(MediaRefusal) {
    source = input.streams[index]
    let isCopied = source.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_AAC
    decoder = isCopied ? nil : try input.decoder(for: index)
    frame = try Frame()
    filtered = try Frame()
  }

  /// Declares the sound's stream to a writer that has not begun.
  func begin(_ writer: ClipWriter) throws(MediaRefusal) {
    if decoder == nil {
      try writer.addCopiedSound(of: source)
    } else {
      try writer.addSound()
    }
  }

  func take(_ packet: Packet, writer: ClipWriter?) throws(MediaRefusal) {
    guard let writer else {
      guard early.count < Self.earlyLimit else {
        throw MediaRefusal(.malformed, "The clip has sound but no picture for too long.")
      }
      let kept = try Packet()
      av_packet_move_ref(kept.pointer, packet.pointer)
      early.append(kept)
      return
    }
    try flushEarly(writer)
    try pass(packet, writer)
  }

  func finish(writer: ClipWriter) throws(MediaRefusal) {
    try flushEarly(writer)
    guard let decoder else { return }
    try FFmpeg.check(avcodec_send_packet(decoder.pointer, nil), .malformed, "decode the sound")
    try drain(decoder, writer)
    guard let entry else { return }
    try FFmpeg.check(av_buffersrc_add_frame(entry, nil), .internal, "finish the sound")
    try drainGraph(writer)
  }

  private func flushEarly(_ writer: ClipWriter) throws(MediaRefusal) {
    let waiting = early
    early = []
    for packet in waiting { try pass(packet, writer) }
  }

  private func pass(_ packet: Packet, _ writer: ClipWriter) throws(MediaRefusal) {
    guard let decoder else { return try writer.write(copied: packet, from: source) }
    let answer = avcodec_send_packet(decoder.pointer, packet.pointer)
    if answer == cffmpeg_error_invalid() { return }
    try FFmpeg.check(answer, .malformed, "decode the sound")
    try drain(decoder, writer)
  }

  private func drain(_ decoder: CodecContext, _ writer: ClipWriter) throws(MediaRefusal) {
    while try decoder.receiveFrame(frame) == .got {
      if graph == nil { try build(decoder) }
      guard let entry else { return }
      frame.pointer.pointee.pts = frame.pointer.pointee.best_effort_timestamp
      try FFmpeg.check(
        av_buffersrc_add_frame(entry, frame.pointer), .malformed, "convert the sound")
      try drainGraph(writer)
      frame.clear()
    }
  }

  private func drainGraph(_ writer: ClipWriter) throws(MediaRefusal) {
    guard let exit else { return }
    while try FilterGraph.pull(filtered, from: exit) { try writer.write(audio: filtered) }
  }

  private func build(_ decoder: CodecContext) throws(MediaRefusal) {
    let graph = try FilterGraph()
    let entry = try graph.addSoundInput(of: frame, timeBase: source.pointee.time_base)
    // async: gaps and small jumps in the times are filled, so that sound stays with the picture.
    let resample = try graph.add(
      "aresample", named: "rate",
      options: ["sample_rate": String(ClipWriter.sampleRate), "async": "1"])
    try graph.chain(entry, resample)
    let exit = try graph.addSoundOutput(after: resample)
    try graph.configure()
    self.graph = graph
    self.entry = entry
    self.exit = exit
  }
}
