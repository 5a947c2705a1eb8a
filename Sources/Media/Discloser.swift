import CFFmpeg
import MediaJobs
import Watermark

/// Writes a recording again with an audible disclosure in front of it, in the format that is asked for.
enum Discloser {
  static func run(
    _ request: DisclosureRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.sound])
    let target = SoundMarker.Target(request.format)
    let writer = try MarkedSoundWriter(target, input, context)
    var position: Int64?
    var seconds = 0.0
    try SoundStream.read(input, as: .native(target.sampleRates)) { (frame) throws(MediaRefusal) in
      if position == nil {
        try writer.begin(sampleRate: frame.sampleRate, channels: frame.planes.count)
        let disclosure = try samples(request.words, at: frame.sampleRate)
        try writer.write(
          [[Float]](repeating: disclosure, count: frame.planes.count), at: &position)
        seconds = Double(disclosure.count) / Double(frame.sampleRate)
      }
      try writer.write(frame.planes, at: &position)
      seconds += Double(frame.planes.first?.count ?? 0) / Double(frame.sampleRate)
    }
    guard position != nil else {
      throw MediaRefusal(.noSound, "The file has no sound in it.")
    }
    let size = try writer.finish()
    return MediaOutcome(seconds: seconds, outputBytes: size)
  }

  /// The rhythm, and then the words with a rest after them.
  private static func samples(_ words: [Int16], at rate: Int) throws(MediaRefusal) -> [Float] {
    var samples = DisclosureRhythm.samples(at: rate)
    guard !words.isEmpty else { return samples }
    let frame = try Frame()
    frame.pointer.pointee.format = AV_SAMPLE_FMT_S16.rawValue
    frame.pointer.pointee.nb_samples = Int32(words.count)
    frame.pointer.pointee.sample_rate = Int32(DisclosureRequest.sampleRate)
    frame.pointer.pointee.ch_layout = cffmpeg_layout_mono()
    try FFmpeg.check(av_frame_get_buffer(frame.pointer, 0), .tooLarge, "make room for words")
    if let plane = frame.pointer.pointee.extended_data[0] {
      UnsafeMutableRawPointer(plane).copyMemory(
        from: words, byteCount: words.count * MemoryLayout<Int16>.size)
    }
    let resampler = SoundResampler<Float>(sampleRate: rate)
    samples += try resampler.convert(frame)
    samples += try resampler.finish()
    samples += [Float](repeating: 0, count: Int(DisclosureRhythm.rest * Double(rate)))
    return samples
  }
}
