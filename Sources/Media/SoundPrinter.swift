import CFFmpeg
import MediaJobs

/// The acoustic fingerprint of a recording or clip, as `fpcalc` prints it.
enum SoundPrinter {
  static func run(_ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip, .sound])
    guard
      var sound = try SoundReader<Int16>(input, sampleRate: ChromaprintMuxer.sampleRate)
    else { throw MediaRefusal(.noSound, "The file has no sound in it.") }
    let muxer = try ChromaprintMuxer()
    let packet = try Packet()
    while try input.read(packet) {
      if Int(packet.pointer.pointee.stream_index) == sound.streamIndex {
        try muxer.feed(try sound.samples(of: packet))
      }
    }
    try muxer.feed(try sound.samples(of: nil))
    try context.answers.send(.soundPrint(try muxer.finish()))
    return MediaOutcome(seconds: sound.seconds)
  }
}

/// libav's `chromaprint` muxer, writing into memory.
final class ChromaprintMuxer {
  /// What chromaprint works at. Its own resampler is a poorer one than libswresample, which is why
  /// `fpcalc` does not leave it to it either.
  static let sampleRate = 11_025

  private let pointer: UnsafeMutablePointer<AVFormatContext>
  private let packet: Packet
  private var fed: Int64 = 0

  init() throws(MediaRefusal) {
    packet = try Packet()
    var context: UnsafeMutablePointer<AVFormatContext>?
    try FFmpeg.check(
      avformat_alloc_output_context2(&context, nil, "chromaprint", nil), .missingComponent,
      "print sounds: FFmpeg on this machine was built without chromaprint")
    pointer = try FFmpeg.allocated(context)
    let stream = try FFmpeg.allocated(avformat_new_stream(pointer, nil))
    let parameters = stream.pointee.codecpar!
    parameters.pointee.codec_type = AVMEDIA_TYPE_AUDIO
    parameters.pointee.codec_id = AV_CODEC_ID_PCM_S16LE
    parameters.pointee.sample_rate = Int32(Self.sampleRate)
    parameters.pointee.ch_layout = cffmpeg_layout_mono()
    stream.pointee.time_base = AVRational(num: 1, den: Int32(Self.sampleRate))
    try FFmpeg.check(avio_open_dyn_buf(&pointer.pointee.pb), .internal, "print the sound")
    var options = Options(["fp_format": "raw"])
    try FFmpeg.check(
      avformat_write_header(pointer, &options.pointer), .internal, "print the sound")
  }

  deinit {
    if pointer.pointee.pb != nil { _ = closed() }
    avformat_free_context(pointer)
  }

  func feed(_ samples: [Int16]) throws(MediaRefusal) {
    guard !samples.isEmpty else { return }
    packet.clear()
    let size = samples.count * MemoryLayout<Int16>.size
    try FFmpeg.check(av_new_packet(packet.pointer, Int32(size)), .internal, "print the sound")
    samples.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(start: packet.pointer.pointee.data, count: size)
        .copyMemory(from: bytes)
    }
    packet.pointer.pointee.pts = fed
    packet.pointer.pointee.dts = fed
    fed += Int64(samples.count)
    try FFmpeg.check(av_write_frame(pointer, packet.pointer), .internal, "print the sound")
  }

  /// The words, of 32 bits each; none for what is too short.
  func finish() throws(MediaRefusal) -> [UInt32] {
    try FFmpeg.check(av_write_trailer(pointer), .internal, "print the sound")
    let bytes = closed()
    return stride(from: 0, to: bytes.count - 3, by: 4).map { start in
      (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
    }
  }

  private func closed() -> [UInt8] {
    var buffer: UnsafeMutablePointer<UInt8>?
    let size = avio_close_dyn_buf(pointer.pointee.pb, &buffer)
    pointer.pointee.pb = nil
    defer { av_free(buffer) }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(max(size, 0))))
  }
}
