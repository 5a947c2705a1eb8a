import CFFmpeg
import MediaJobs

/// Decodes the sound that a player would choose, as one channel of samples at a rate of one's own.
struct SoundReader<Sample: SoundSample> {
  let streamIndex: Int
  private let input: MediaInput
  private let decoder: CodecContext
  private let resampler: SoundResampler<Sample>
  private let frame: Frame
  private let sampleRate: Int
  private let start: Double
  private var isFirst = true
  private var count = 0

  /// Length so far.
  var seconds: Double { Double(count) / Double(sampleRate) }

  /// Nil where the file has no sound.
  init?(_ input: MediaInput, sampleRate: Int) throws(MediaRefusal) {
    guard let index = input.best(AVMEDIA_TYPE_AUDIO) else { return nil }
    streamIndex = index
    self.input = input
    self.sampleRate = sampleRate
    decoder = try input.decoder(for: index)
    resampler = SoundResampler(sampleRate: sampleRate)
    frame = try Frame()
    let begin = input.streams[index].pointee.start_time
    let offset = input.best(AVMEDIA_TYPE_VIDEO).map { input.streams[$0] }
    let picture = offset?.pointee.start_time ?? FFmpeg.noTimestamp
    if begin != FFmpeg.noTimestamp, picture != FFmpeg.noTimestamp, let offset {
      start =
        Double(begin) * av_q2d(input.streams[index].pointee.time_base)
        - Double(picture) * av_q2d(offset.pointee.time_base)
    } else {
      start = 0
    }
  }

  /// The samples that this packet completes; those that are left, for nil.
  mutating func samples(of packet: Packet?) throws(MediaRefusal) -> [Sample] {
    try FFmpeg.check(
      avcodec_send_packet(decoder.pointer, packet?.pointer), .malformed, "decode the sound")
    var samples: [Sample] = []
    while try decoder.receiveFrame(frame) == .got {
      if isFirst {
        isFirst = false
        // Sound that starts later than the picture: silence, so that its times are the picture's.
        if start > 0.01 {
          let seconds = min(start, input.budget.maximumSeconds)
          samples += [Sample](repeating: .silence, count: Int(seconds * Double(sampleRate)))
        }
      }
      samples += try resampler.convert(frame)
      frame.clear()
    }
    if packet == nil { samples += try resampler.finish() }
    count += samples.count
    guard Double(count) <= (input.budget.maximumSeconds + 1) * Double(sampleRate) else {
      throw input.tooLong
    }
    return samples
  }
}
