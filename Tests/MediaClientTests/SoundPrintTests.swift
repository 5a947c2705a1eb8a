import Fingerprint
import Foundation
import MediaClient
import MediaJobs
import Testing

@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct SoundPrintTests {
  let client = MediaFixtures.client

  /// Notes of half a second under wind: what no two seconds of are alike.
  private static let tune = [
    "-f", "lavfi", "-i",
    "aevalsrc='0.4*sin(2*PI*(220+55*mod(floor(2*t)*7\\,11))*t)':s=44100:d=12", "-f", "lavfi", "-i",
    "anoisesrc=color=pink:amplitude=0.05:seed=3:sample_rate=44100:d=12", "-filter_complex",
    "amix=inputs=2:normalize=0",
  ]

  /// What the `ffmpeg` command writes when its resampler is libswresample as well, bit for bit.
  @Test(arguments: [
    ("tune.wav", ["-c:a", "pcm_s16le"]), ("tune.mp3", ["-b:a", "96k", "-ac", "2"]),
    ("tune.mp4", ["-c:a", "aac"]), ("tune.flac", ["-ar", "48000"]),
  ])
  func wordsAreThoseOfTheReference(name: String, options: [String]) async throws {
    let path = try MediaFixtures.make(name, Self.tune + options)
    let own = try await client.soundPrint(path)
    #expect(abs(own.outcome.seconds - 12) < 0.2)
    let reference = try MediaFixtures.make(
      name + ".words",
      ["-i", path, "-ar", "11025", "-ac", "1", "-f", "chromaprint", "-fp_format", "raw"])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: reference)))
    #expect(own.words.count > 70)
    #expect(Chromaprint(words: own.words) == Chromaprint(raw: bytes))
  }

  @Test func aPieceThatWasCompressedIsFoundWithItsSecond() async throws {
    let whole = try MediaFixtures.make("whole.wav", Self.tune)
    let piece = try MediaFixtures.make(
      "piece.mp3", ["-ss", "2.6", "-t", "7", "-i", whole, "-b:a", "64k"])
    let known = Chromaprint(words: try await client.soundPrint(whole).words)
    let asked = Chromaprint(words: try await client.soundPrint(piece).words)
    let found = try #require(SoundAlignment.best(of: asked, in: known))
    #expect(abs(found.offset - 2.6) < 0.2)
  }

  /// Credentials of FLAC files travel in an ID3 tag in front.
  @Test func taggedFLACIsHeard() async throws {
    let path = try MediaFixtures.make("plain.flac", Self.tune)
    let tag: [UInt8] =
      Array("ID3".utf8) + [4, 0, 0, 0, 0, 1, 0] + [UInt8](repeating: 0, count: 128)
    let tagged = try MediaFixtures.write(
      "tagged.flac", Data(tag) + Data(contentsOf: URL(fileURLWithPath: path)))
    let words = try await client.soundPrint(tagged).words
    #expect(words.count > 70)
    #expect(try await client.soundPrint(path).words == words)
  }

  @Test func whatIsTooShortOrSilentHasNothingToTell() async throws {
    let short = try MediaFixtures.make("short.wav", ["-f", "lavfi", "-i", "sine=d=1"])
    #expect(try await client.soundPrint(short).words.isEmpty)
    let silence = try MediaFixtures.make(
      "silence.wav", ["-f", "lavfi", "-i", "anullsrc", "-t", "8"])
    #expect(!Chromaprint(words: try await client.soundPrint(silence).words).isTelling)
    let mute = try MediaFixtures.make(
      "mute.mp4",
      ["-f", "lavfi", "-i", "testsrc2=s=160x120:d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p"])
    do {
      _ = try await client.soundPrint(mute)
      Issue.record("a clip without sound was heard")
    } catch {
      guard case .refused(let refusal) = error else { throw error }
      #expect(refusal.code == .noSound)
    }
  }
}
