import CFFmpeg
import MediaJobs

/// The frames and the sound that a clip is judged by, in one pass over the file.
enum Sampler {
  static func run(_ plan: SamplePlan, _ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip])
    let info = try Prober.info(of: input)
    try context.answers.send(.info(info))
    var pictures = try PictureSampler(input, info: info, plan: plan, answers: context.answers)
    var sound = try plan.audio ? SoundSampler(input, answers: context.answers) : nil
    let packet = try Packet()
    while try input.read(packet) {
      let index = Int(packet.pointer.pointee.stream_index)
      if index == pictures.streamIndex {
        try pictures.take(packet)
      } else if index == sound?.streamIndex {
        try sound?.take(packet)
      }
    }
    try pictures.take(nil)
    try sound?.take(nil)
    return try pictures.finish()
  }
}

/// The clip's video stream.
private struct PictureSampler {
  let streamIndex: Int
  private let input: MediaInput
  private let plan: SamplePlan
  private let answers: AnswerWriter
  private let decoder: CodecContext
  private let rotation: Rotation
  private let timeBase: Double
  private let frameSeconds: Double
  /// What the video stream itself claims, against which a cut-short file is held.
  private let claimedSeconds: Double?
  private let scaler = PixelScaler()
  private let lumaScaler = PixelScaler()
  private let frame: Frame
  private let latest: Frame
  private var schedule: SampleSchedule
  private var detector = SceneCutDetector()
  private var start: Int64?
  private var frames = 0
  private var latestTime = 0.0
  private var isLatestSent = true

  init(
    _ input: MediaInput, info: MediaInfo, plan: SamplePlan, answers: AnswerWriter
  ) throws(MediaRefusal) {
    let index = try input.pictureStream()
    let stream = input.streams[index]
    streamIndex = index
    self.input = input
    self.plan = plan
    self.answers = answers
    decoder = try input.decoder(for: index)
    rotation = Rotation(of: stream)
    timeBase = av_q2d(stream.pointee.time_base)
    frameSeconds = 1 / (info.frameRate ?? 24)
    claimedSeconds = MediaInput.durationSeconds(of: stream) ?? info.durationSeconds
    frame = try Frame()
    latest = try Frame()
    schedule = SampleSchedule(plan, duration: info.durationSeconds)
  }

  /// Nil ends the stream.
  mutating func take(_ packet: Packet?) throws(MediaRefusal) {
    try FFmpeg.check(
      avcodec_send_packet(decoder.pointer, packet?.pointer), .malformed, "decode the picture")
    while try decoder.receiveFrame(frame) == .got {
      try look()
      frame.clear()
    }
  }

  private mutating func look() throws(MediaRefusal) {
    let time = frameTime()
    guard time <= input.budget.maximumSeconds else { throw input.tooLong }
    try input.deadline.check()
    var isCut = false
    if plan.sceneCuts {
      isCut = detector.isCut(
        try lumaScaler.luma(
          frame, width: SceneCutDetector.width, height: SceneCutDetector.height))
    }
    frames += 1
    latestTime = time
    isLatestSent = schedule.takes(time: time, isCut: isCut)
    if isLatestSent {
      try send(frame, time: time, isCut: isCut)
    } else if plan.includeLast {
      try latest.hold(frame)
    }
  }

  private func send(_ frame: Frame, time: Double, isCut: Bool) throws(MediaRefusal) {
    let image = try scaler.picture(frame, maximumSide: plan.maximumSide, rotation: rotation)
    try answers.send(.frame(SampledFrame(time: time, isSceneCut: isCut, image: image)))
  }

  /// Seconds since the first frame; never backwards, whatever the file says.
  private mutating func frameTime() -> Double {
    let stamp = frame.pointer.pointee.best_effort_timestamp
    guard stamp != FFmpeg.noTimestamp else {
      return frames == 0 ? 0 : latestTime + frameSeconds
    }
    let first = start ?? stamp
    start = first
    let (ticks, overflow) = stamp.subtractingReportingOverflow(first)
    return overflow ? latestTime : max(Double(ticks) * timeBase, latestTime)
  }

  mutating func finish() throws(MediaRefusal) -> MediaOutcome {
    guard frames > 0 else {
      throw MediaRefusal(.malformed, "Not one frame of the clip could be decoded.")
    }
    let end = latestTime + frameSeconds
    // Half a second or a twentieth is what encoders and edit lists differ by.
    if let claimedSeconds, end + max(0.5, claimedSeconds / 20) < claimedSeconds {
      throw MediaRefusal(
        .malformed,
        "The clip says it lasts \(claimedSeconds) s but ends after \(end) s; it was cut short.")
    }
    if plan.includeLast, !isLatestSent {
      try send(latest, time: latestTime, isCut: false)
      schedule.tookLast()
    }
    var notes: [String] = []
    if schedule.isWidened { notes.append("The clip was sampled at a wider distance than asked.") }
    if schedule.skippedCuts > 0 {
      notes.append("\(schedule.skippedCuts) scene cuts were not sampled.")
    }
    return MediaOutcome(frames: frames, seconds: end, notes: notes)
  }
}

/// The soundtrack of a clip, or a recording, handed over as it is heard.
struct SoundSampler {
  /// What speech models hear.
  static let sampleRate = 16_000

  private var reader: SoundReader<Float>
  private let answers: AnswerWriter
  private var block: [Float] = []

  /// Four seconds a message.
  private static let blockLength = 4 * sampleRate

  var streamIndex: Int { reader.streamIndex }
  /// Length so far.
  var seconds: Double { reader.seconds }

  /// Nil where the clip is silent.
  init?(_ input: MediaInput, answers: AnswerWriter) throws(MediaRefusal) {
    guard let reader = try SoundReader<Float>(input, sampleRate: Self.sampleRate) else {
      return nil
    }
    self.reader = reader
    self.answers = answers
  }

  mutating func take(_ packet: Packet?) throws(MediaRefusal) {
    block += try reader.samples(of: packet)
    while block.count >= Self.blockLength {
      try answers.send(.audio(Array(block[..<Self.blockLength])))
      block.removeFirst(Self.blockLength)
    }
    if packet == nil, !block.isEmpty {
      try answers.send(.audio(block))
      block = []
    }
  }
}
