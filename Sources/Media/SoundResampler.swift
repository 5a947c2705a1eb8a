import CFFmpeg
import MediaJobs

/// A number that libswresample writes.
protocol SoundSample {
  static var format: AVSampleFormat { get }
  static var silence: Self { get }
  /// Nothing that a listener could trip over.
  var tamed: Self { get }
}

extension Float: SoundSample {
  static var format: AVSampleFormat { AV_SAMPLE_FMT_FLT }
  static var silence: Float { 0 }
  /// A hostile float soundtrack may hold infinities.
  var tamed: Float { isFinite ? min(max(self, -1), 1) : 0 }
}

extension Int16: SoundSample {
  static var format: AVSampleFormat { AV_SAMPLE_FMT_S16 }
  static var silence: Int16 { 0 }
  var tamed: Int16 { self }
}

/// Any soundtrack as one channel at one rate.
final class SoundResampler<Sample: SoundSample> {
  private let sampleRate: Int32
  private var context: OpaquePointer?
  private var rate: Int32 = 0
  private var format: Int32 = -1
  private var channels: Int32 = 0

  init(sampleRate: Int) { self.sampleRate = Int32(sampleRate) }

  deinit { swr_free(&context) }

  /// The samples that this frame completes.
  func convert(_ frame: Frame) throws(MediaRefusal) -> [Sample] {
    let source = frame.pointer.pointee
    guard source.sample_rate > 0, source.nb_samples > 0, source.ch_layout.nb_channels > 0 else {
      return []
    }
    var samples: [Sample] = []
    if source.sample_rate != rate || source.format != format
      || source.ch_layout.nb_channels != channels
    {
      samples = try finish()
      try configure(frame)
    }
    let planes = UnsafeRawPointer(source.extended_data)?.assumingMemoryBound(
      to: UnsafePointer<UInt8>?.self)
    return samples + (try drain(planes, count: source.nb_samples))
  }

  /// What the filter still holds.
  func finish() throws(MediaRefusal) -> [Sample] {
    guard context != nil else { return [] }
    return try drain(nil, count: 0)
  }

  private func configure(_ frame: Frame) throws(MediaRefusal) {
    swr_free(&context)
    rate = frame.pointer.pointee.sample_rate
    format = frame.pointer.pointee.format
    channels = frame.pointer.pointee.ch_layout.nb_channels
    var mono = cffmpeg_layout_mono()
    var layout = AVChannelLayout()
    if frame.pointer.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
      av_channel_layout_default(&layout, channels)
    } else {
      try FFmpeg.check(
        av_channel_layout_copy(&layout, &frame.pointer.pointee.ch_layout), .malformed,
        "read the sound's channels")
    }
    defer { av_channel_layout_uninit(&layout) }
    try FFmpeg.check(
      swr_alloc_set_opts2(
        &context, &mono, Sample.format, sampleRate, &layout,
        AVSampleFormat(rawValue: format), rate, 0, nil), .malformed, "convert the sound")
    try FFmpeg.check(swr_init(context), .malformed, "convert the sound")
  }

  private func drain(
    _ planes: UnsafePointer<UnsafePointer<UInt8>?>?, count: Int32
  ) throws(MediaRefusal) -> [Sample] {
    let room = swr_get_out_samples(context, count)
    guard room > 0 else { return [] }
    var got: Int32 = 0
    // The parameter is not const in libswresample 4, though it only reads.
    let input = UnsafeMutablePointer(mutating: planes)
    let samples = [Sample](unsafeUninitializedCapacity: Int(room)) { buffer, filled in
      var output: UnsafeMutablePointer<UInt8>? = UnsafeMutableRawPointer(buffer.baseAddress!)
        .assumingMemoryBound(to: UInt8.self)
      got = swr_convert(context, &output, room, input, count)
      filled = Int(max(got, 0))
    }
    try FFmpeg.check(got, .malformed, "convert the sound")
    return samples.map(\.tamed)
  }
}
