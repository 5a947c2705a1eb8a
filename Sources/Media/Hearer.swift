import CFFmpeg
import MediaJobs

/// The sound of a recording or clip, and nothing else of it.
enum Hearer {
  static func run(_ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip, .sound])
    guard var sound = try SoundSampler(input, answers: context.answers) else {
      throw MediaRefusal(.noSound, "The file has no sound in it.")
    }
    let packet = try Packet()
    while try input.read(packet) {
      if Int(packet.pointer.pointee.stream_index) == sound.streamIndex { try sound.take(packet) }
    }
    try sound.take(nil)
    return MediaOutcome(seconds: sound.seconds)
  }
}
