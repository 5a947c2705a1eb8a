import CFFmpeg
import MediaJobs

/// What a file says of itself.
enum Prober {
  static func run(_ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip, .picture])
    let info = try info(of: input)
    try context.answers.send(.info(info))
    return MediaOutcome(frames: 0, seconds: info.durationSeconds ?? 0)
  }

  static func info(of input: MediaInput) throws(MediaRefusal) -> MediaInfo {
    let index = try input.pictureStream()
    let video = input.streams[index]
    let parameters = video.pointee.codecpar.pointee
    guard parameters.width > 0, parameters.height > 0 else {
      throw MediaRefusal(
        .malformed, "The file does not say how large its picture is; it may be damaged.")
    }
    let rotation = Rotation(of: video)
    let (width, height) = rotation.size(Int(parameters.width), Int(parameters.height))
    let isClip = input.format.use == .clip
    let rate = av_q2d(video.pointee.avg_frame_rate)
    return MediaInfo(
      container: String(cString: input.pointer.pointee.iformat.pointee.name),
      durationSeconds: input.durationSeconds, width: width, height: height,
      rotation: rotation.degrees, frameRate: isClip && rate.isFinite && rate > 0 ? rate : nil,
      videoCodec: codecName(parameters.codec_id),
      audioCodec: input.best(AVMEDIA_TYPE_AUDIO).map {
        codecName(input.streams[$0].pointee.codecpar.pointee.codec_id)
      },
      frameCount: isClip && video.pointee.nb_frames > 0 ? Int(video.pointee.nb_frames) : nil,
      streams: input.streams.map {
        let parameters = $0.pointee.codecpar.pointee
        return MediaInfo.Stream(
          kind: av_get_media_type_string(parameters.codec_type).map { String(cString: $0) }
            ?? "unknown",
          codec: codecName(parameters.codec_id))
      })
  }

  private static func codecName(_ id: AVCodecID) -> String { String(cString: avcodec_get_name(id)) }
}
