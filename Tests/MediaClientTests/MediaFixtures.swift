import Foundation
import MediaClient
import Synchronization
import TestKit

/// Media made by the `ffmpeg` command while the tests run: none is kept in the repository.
enum MediaFixtures {
  static let executable = TestKit.builtExecutable(named: "assay-media")

  /// Whether what these tests need is here. Says loudly what is not.
  static let isReady: Bool = {
    if executable == nil { print("SKIPPED: assay-media was not built beside the tests") }
    let hasFFmpeg = (try? run("ffmpeg", ["-version"])) != nil
    if !hasFFmpeg { print("SKIPPED: no ffmpeg command to make media with") }
    return executable != nil && hasFFmpeg
  }()

  /// One client, so that the machine runs no more processes at once than it would in service.
  static let client = MediaClient(executable: executable ?? "missing")

  static let directory: URL = {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-media-tests-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    atexit {
      try? FileManager.default.removeItem(at: MediaFixtures.directory)
    }
    return url
  }()

  private struct Made {
    var folders = 0
    var files: [[String]: String] = [:]
  }

  private static let made = Mutex(Made())

  /// A path that no other call has been given, so that tests beside each other can use one name.
  static func path(_ name: String) -> String {
    let number = made.withLock {
      $0.folders += 1
      return $0.folders
    }
    let folder = directory.appendingPathComponent(String(number))
    try! FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    return folder.appendingPathComponent(name).path
  }

  /// A file of this name, made once by `ffmpeg` for all that ask with the same arguments.
  static func make(_ name: String, _ arguments: [String]) throws -> String {
    let path = path(name)
    return try made.withLock {
      if let known = $0.files[[name] + arguments] { return known }
      try run("ffmpeg", ["-v", "error", "-y"] + arguments + [path])
      $0.files[[name] + arguments] = path
      return path
    }
  }

  static func write(_ name: String, _ bytes: some DataProtocol) throws -> String {
    let path = path(name)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Red for 1.5 s, a test card for 1 s, blue for 1.5 s; a 440 Hz tone all through.
  static func clip() throws -> String {
    try make(
      "clip.mp4",
      [
        "-f", "lavfi", "-i", "color=red:s=320x240:r=24:d=1.5",
        "-f", "lavfi", "-i", "testsrc2=s=320x240:r=24:d=1",
        "-f", "lavfi", "-i", "color=blue:s=320x240:r=24:d=1.5",
        "-f", "lavfi", "-i", "sine=440:d=4", "-filter_complex", "[0][1][2]concat=n=3[v]",
        "-map", "[v]", "-map", "3:a", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt",
        "yuv420p", "-c:a", "aac", "-movflags", "+faststart",
      ])
  }

  static func picture(_ name: String) throws -> String {
    try make(
      name,
      ["-f", "lavfi", "-i", "color=0x20C040:s=300x200:d=1:r=1,format=rgb24", "-frames:v", "1"])
  }

  struct CommandFailed: Error {
    let command: String
    let status: Int32
    let output: String
  }

  @discardableResult
  static func run(_ command: String, _ arguments: [String]) throws -> String {
    let result = try TestKit.runBlocking(command, arguments: arguments)
    let output = result.stdout + result.stderr
    guard result.status == 0 else {
      throw CommandFailed(command: command, status: result.status, output: output)
    }
    return output
  }
}
