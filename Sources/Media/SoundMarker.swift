import CFFmpeg
import MediaJobs
import Watermark

/// Writes a recording or clip again with a mark in its sound: pictures are copied packet by packet, the sound
/// is encoded anew in a format of its own container.
enum SoundMarker {
  /// Sound is encoded at least this well, so that the encoder takes less of the mark than listeners' copies
  /// will.
  private static let bitRate: Int64 = 128_000

  static func run(
    _ request: SoundMarkRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    guard let pattern = SoundMarkPattern(codes: request.codes) else {
      throw MediaRefusal(.badRequest, "The mark's codes are none.")
    }
    var host: [Float] = []
    let first = try context.openInput([.clip, .sound])
    try SoundStream.read(first, as: .searched) { (frame) throws(MediaRefusal) in
      host += frame.planes[0]
    }
    let input = try context.openInput([.clip, .sound])
    let target = try Target(of: input)
    let writer = try MarkedSoundWriter(target, input, context)
    var filter: SoundMarkFilter?
    var position: Int64?
    try SoundStream.read(
      input, as: .native(target.sampleRates),
      other: { (packet) throws(MediaRefusal) in try writer.copy(packet) },
      sound: { (frame) throws(MediaRefusal) in
        if filter == nil {
          try writer.begin(sampleRate: frame.sampleRate, channels: frame.planes.count)
          filter = SoundMarkFilter(
            pattern: pattern, host: host, sampleRate: frame.sampleRate, channels: frame.planes.count
          )
          position = frame.start
        }
        guard let done = filter?.pass(frame.planes) else { return }
        try writer.write(done, at: &position)
      })
    guard let rest = filter?.finish() else {
      throw MediaRefusal(.noSound, "The file has no sound in it.")
    }
    try writer.write(rest, at: &position)
    let size = try writer.finish()
    return MediaOutcome(
      seconds: Double(host.count) / Double(SoundMarkDetector.sampleRate), outputBytes: size)
  }

  /// How the sound of a container is written.
  struct Target {
    let muxer: String
    let encoder: String
    let format: AVSampleFormat
    let bitRate: Int64?
    /// Rates that the encoder takes; none for any.
    var sampleRates: [Int32] = []

    /// Of sound that has not been through an encoder yet.
    init(_ format: SpeechRequest.Format) {
      switch format {
      case .wav: self.init("wav", "pcm_s16le", AV_SAMPLE_FMT_S16)
      case .flac: self.init("flac", "flac", AV_SAMPLE_FMT_S16)
      case .mp3:
        self.init(
          "mp3", "libmp3lame", AV_SAMPLE_FMT_FLTP, SoundMarker.bitRate, Self.layerThreeRates)
      }
    }

    private init(
      _ muxer: String, _ encoder: String, _ format: AVSampleFormat, _ bitRate: Int64? = nil,
      _ sampleRates: [Int32] = []
    ) {
      self.muxer = muxer
      self.encoder = encoder
      self.format = format
      self.bitRate = bitRate
      self.sampleRates = sampleRates
    }

    /// ISO/IEC 11172-3 and 13818-3, and the extension to lower ones.
    private static let layerThreeRates: [Int32] = [
      8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
    ]

    init(of input: MediaInput) throws(MediaRefusal) {
      guard let index = input.best(AVMEDIA_TYPE_AUDIO) else {
        throw MediaRefusal(.noSound, "The file has no sound in it.")
      }
      let source = input.streams[index].pointee.codecpar.pointee
      let rate = max(source.bit_rate, SoundMarker.bitRate)
      switch input.format {
      case .wav: (muxer, encoder, format, bitRate) = ("wav", "pcm_s16le", AV_SAMPLE_FMT_S16, nil)
      case .flac: (muxer, encoder, format, bitRate) = ("flac", "flac", AV_SAMPLE_FMT_S16, nil)
      case .mp3:
        (muxer, encoder, format, bitRate) = (
          "mp3", "libmp3lame", AV_SAMPLE_FMT_FLTP, min(rate, 320_000)
        )
        sampleRates = Self.layerThreeRates
      case .ogg:
        (muxer, encoder, format, bitRate) = (
          "ogg", "libopus", AV_SAMPLE_FMT_FLT, min(rate, 256_000)
        )
        sampleRates = [48_000]
      case .matroska:
        (muxer, encoder, format, bitRate) = (
          "matroska", "libopus", AV_SAMPLE_FMT_FLT, min(rate, 256_000)
        )
        sampleRates = [48_000]
      case .mov, .png, .jpeg, .webp, .gif:
        (muxer, encoder, format, bitRate) = ("mp4", "aac", AV_SAMPLE_FMT_FLTP, min(rate, 320_000))
        sampleRates = [
          8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200,
          96_000,
        ]
      }
    }
  }
}
