import CFFmpeg
import MediaJobs

/// A file with sound that is encoded anew, and everything else of the old file as it was.
final class MarkedSoundWriter {
  private let target: SoundMarker.Target
  private let input: MediaInput
  private let output: MediaOutput
  private let encoder: CodecContext
  private let packet: Packet
  /// Streams that are copied, by their number in the old file.
  private var copied: [Int: UnsafeMutablePointer<AVStream>] = [:]
  private var sound: UnsafeMutablePointer<AVStream>?
  private var graph: FilterGraph?
  private var entry: UnsafeMutablePointer<AVFilterContext>?
  private var exit: UnsafeMutablePointer<AVFilterContext>?
  private let made: Frame
  /// Packets that come before the first sound wait here: the output is not open yet.
  private var early: [Packet] = []
  private static let earlyLimit = 5000
  private var sampleRate: Int32 = 0

  init(
    _ target: SoundMarker.Target, _ input: MediaInput, _ context: JobContext
  ) throws(MediaRefusal) {
    self.target = target
    self.input = input
    output = try context.openOutput(target.muxer)
    // Without this the muxer writes its own name and version into the file.
    output.pointer.pointee.flags |= AVFMT_FLAG_BITEXACT
    encoder = try CodecContext(encoder: target.encoder)
    packet = try Packet()
    made = try Frame()
  }

  func begin(sampleRate: Int, channels: Int) throws(MediaRefusal) {
    self.sampleRate = Int32(sampleRate)
    let settings = encoder.pointer
    settings.pointee.sample_rate = self.sampleRate
    settings.pointee.sample_fmt = target.format
    settings.pointee.ch_layout = channels == 1 ? cffmpeg_layout_mono() : cffmpeg_layout_stereo()
    if let bitRate = target.bitRate { settings.pointee.bit_rate = bitRate }
    settings.pointee.time_base = AVRational(num: 1, den: self.sampleRate)
    settings.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    if output.wantsGlobalHeader {
      settings.pointee.flags |= Int32(AV_CODEC_FLAG_GLOBAL_HEADER)
    }
    try encoder.open()
    for (index, source) in input.streams.enumerated()
    where source.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO {
      let stream = try FFmpeg.allocated(avformat_new_stream(output.pointer, nil))
      try FFmpeg.check(
        avcodec_parameters_copy(stream.pointee.codecpar, source.pointee.codecpar), .internal,
        "describe the pictures")
      stream.pointee.codecpar.pointee.codec_tag = 0
      stream.pointee.time_base = source.pointee.time_base
      stream.pointee.sample_aspect_ratio = source.pointee.sample_aspect_ratio
      stream.pointee.avg_frame_rate = source.pointee.avg_frame_rate
      copied[index] = stream
    }
    let sound = try output.addStream(for: encoder)
    self.sound = sound
    av_dict_copy(&output.pointer.pointee.metadata, input.pointer.pointee.metadata, 0)
    // Ogg keeps what others say of the file with the stream.
    if let index = input.best(AVMEDIA_TYPE_AUDIO) {
      av_dict_copy(&sound.pointee.metadata, input.streams[index].pointee.metadata, 0)
    }
    try output.writeHeader(target.muxer == "mp4" ? ["movflags": "+faststart"] : [:])
    try buildGraph(channels)
    let waiting = early
    early = []
    for packet in waiting { try copy(packet) }
  }

  /// A packet that is no sound.
  func copy(_ packet: Packet) throws(MediaRefusal) {
    guard sound != nil else {
      guard early.count < Self.earlyLimit else {
        throw MediaRefusal(.malformed, "The clip has pictures but no sound for too long.")
      }
      let kept = try Packet()
      av_packet_move_ref(kept.pointer, packet.pointer)
      early.append(kept)
      return
    }
    let index = Int(packet.pointer.pointee.stream_index)
    guard let stream = copied[index] else { return }
    packet.pointer.pointee.stream_index = stream.pointee.index
    packet.pointer.pointee.pos = -1
    av_packet_rescale_ts(
      packet.pointer, input.streams[index].pointee.time_base, stream.pointee.time_base)
    try output.write(packet)
  }

  /// Samples of each channel, at a place that moves on by as many.
  func write(_ planes: [[Float]], at position: inout Int64?) throws(MediaRefusal) {
    guard let entry, let count = planes.first?.count, count > 0 else { return }
    let frame = try Frame()
    frame.pointer.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
    frame.pointer.pointee.nb_samples = Int32(count)
    frame.pointer.pointee.sample_rate = sampleRate
    frame.pointer.pointee.ch_layout =
      planes.count == 1 ? cffmpeg_layout_mono() : cffmpeg_layout_stereo()
    try FFmpeg.check(av_frame_get_buffer(frame.pointer, 0), .tooLarge, "make room for sound")
    for (channel, samples) in planes.enumerated() {
      guard let plane = frame.pointer.pointee.extended_data[channel] else { continue }
      UnsafeMutableRawPointer(plane).copyMemory(
        from: samples, byteCount: count * MemoryLayout<Float>.size)
    }
    frame.pointer.pointee.pts = position ?? 0
    position = (position ?? 0) + Int64(count)
    try FFmpeg.check(
      av_buffersrc_add_frame(entry, frame.pointer), .internal, "convert the sound")
    try drain()
  }

  /// Flushes the encoder and writes the index. Returns the file's size.
  func finish() throws(MediaRefusal) -> Int {
    guard let entry, let sound else {
      throw MediaRefusal(.noSound, "The file has no sound in it.")
    }
    try FFmpeg.check(av_buffersrc_add_frame(entry, nil), .internal, "finish the sound")
    try drain()
    try output.encode(nil, with: encoder, into: sound, using: packet)
    return try output.finish()
  }

  private func drain() throws(MediaRefusal) {
    guard let exit, let sound else { return }
    while try FilterGraph.pull(made, from: exit) {
      try output.encode(made, with: encoder, into: sound, using: packet)
    }
  }

  /// From planes of numbers to what the encoder takes, in its blocks.
  private func buildGraph(_ channels: Int) throws(MediaRefusal) {
    let graph = try FilterGraph()
    let layout = channels == 1 ? "mono" : "stereo"
    let entry = try graph.add(
      "abuffer", named: "in",
      options: [
        "time_base": "1/\(sampleRate)", "sample_rate": String(sampleRate), "sample_fmt": "fltp",
        "channel_layout": layout,
      ])
    let format = try graph.add(
      "aformat", named: "format",
      options: [
        "sample_fmts": String(cString: av_get_sample_fmt_name(target.format)),
        "channel_layouts": layout, "sample_rates": String(sampleRate),
      ])
    let block = encoder.pointer.pointee.frame_size
    let blocks = try graph.add(
      "asetnsamples", named: "blocks",
      options: ["nb_out_samples": String(block > 0 ? block : 1024), "pad": "0"])
    let exit = try graph.add("abuffersink", named: "out", options: [:])
    try graph.chain(entry, format, blocks, exit)
    try graph.configure()
    self.graph = graph
    self.entry = entry
    self.exit = exit
  }
}
