import Foundation
import Glibc
import MediaClient
import MediaJobs
import Testing

/// Files that are not what they are called, or claim more than they hold.
@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct HostileInputTests {
  let client = MediaFixtures.client

  @Test func playlistsAndScriptsNamedMP4AreNoClips() async throws {
    let clip = try MediaFixtures.clip()
    let playlists = [
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nfile://\(clip)\n#EXT-X-ENDLIST\n",
      "ffconcat version 1.0\nfile '\(clip)'\n",
      "<?xml version=\"1.0\"?><MPD><Period><BaseURL>\(clip)</BaseURL></Period></MPD>",
      "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
    ]
    for (index, playlist) in playlists.enumerated() {
      let path = try MediaFixtures.write("playlist\(index).mp4", Array(playlist.utf8))
      await expect(code: .unsupportedFormat) { try await client.probe(path) }
      await expect(code: .unsupportedFormat) { try await client.sample(path) }
    }
  }

  @Test func aPictureOf16000By16000IsRefusedBeforeItIsDecoded() async throws {
    let bomb = try MediaFixtures.make(
      "bomb.png",
      ["-f", "lavfi", "-i", "color=red:s=16000x16000:d=1,format=gray", "-frames:v", "1"])
    await expect(code: .tooManyPixels) { try await client.decodeImage(bomb) }
    await expect(code: .tooManyPixels) { try await client.probe(bomb) }
  }

  @Test func aClipWithMorePixelsThanAllowedIsRefused() async throws {
    var budget = MediaBudget()
    budget.maximumPixels = 320 * 240 - 1
    let clip = try MediaFixtures.clip()
    await expect(code: .tooManyPixels) { try await client.sample(clip, budget: budget) }
  }

  @Test(arguments: [100, 3_000, 20_000]) func aClipCutShortIsRefused(_ length: Int) async throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try MediaFixtures.clip()))
    try #require(bytes.count > length)
    let path = try MediaFixtures.write("short\(length).mp4", bytes.prefix(length))
    await expect(code: .malformed) { try await client.sample(path) }
  }

  @Test(arguments: ["a.png", "a.jpg", "a.webp"])
  func aPictureCutShortIsRefused(_ name: String) async throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try MediaFixtures.picture(name)))
    let path = try MediaFixtures.write("short-\(name)", bytes.prefix(bytes.count * 2 / 3))
    await expect(code: .malformed) { try await client.decodeImage(path) }
  }

  @Test func clipsAreNoPicturesAndPicturesAreNoClips() async throws {
    let clip = try MediaFixtures.clip()
    let picture = try MediaFixtures.picture("a.png")
    await expect(code: .unsupportedFormat) { try await client.decodeImage(clip) }
    await expect(code: .unsupportedFormat) { try await client.sample(picture) }
  }

  @Test func budgetsOfLengthSizeAndStreamsAreKept() async throws {
    let clip = try MediaFixtures.clip()
    var budget = MediaBudget()
    budget.maximumSeconds = 2
    await expect(code: .tooLong) { try await client.probe(clip, budget: budget) }
    budget = MediaBudget()
    budget.maximumInputBytes = 1000
    await expect(code: .tooLarge) { try await client.probe(clip, budget: budget) }
    let many = try MediaFixtures.make(
      "streams.mkv", ["-i", clip] + (0..<20).flatMap { _ in ["-map", "0:v"] } + ["-c", "copy"])
    await expect(code: .tooManyStreams) { try await client.probe(many) }
  }

  @Test func whatIsNoRegularFileIsNotOpened() async throws {
    let pipe = MediaFixtures.path("pipe.mp4")
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, MediaFixtures.directory.path, MediaFixtures.path("absent.mp4")] {
      let failure = await #expect(throws: MediaFailure.self) { try await client.probe(path) }
      #expect(failure?.code == "file")
    }
  }

  @Test func damageInTheIndexAlwaysGivesAnAnswer() async throws {
    // Whatever the damage, the process answers or its death is told; the client lives.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: try MediaFixtures.clip()))
    for offset in stride(from: 40, to: 2_000, by: 97) {
      var damaged = bytes
      damaged[offset] ^= 0xFF
      let path = try MediaFixtures.write("flip.mp4", damaged)
      do {
        _ = try await client.sample(path, plan: SamplePlan(maximumSide: 64))
      } catch {
        #expect(error.isFinal, "\(error) at \(offset)")
      }
    }
  }
}

/// Expects a refusal with exactly this code.
func expect<T>(
  code: MediaRefusal.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> T
) async {
  do {
    _ = try await body()
    Issue.record("nothing was refused", sourceLocation: sourceLocation)
  } catch MediaFailure.refused(let refusal) {
    #expect(refusal.code == code, "\(refusal.sentence)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
  }
}
