import Foundation

/// A fresh folder that is removed with everything in it when the last reference goes.
public final class TemporaryDirectory: Sendable {
  /// Without a trailing slash.
  public let path: String

  public init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    path = url.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` inside the folder.
  public func path(_ name: String) -> String { path + "/" + name }

  /// Writes a file, making the folders on its way, and returns its path.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  @discardableResult
  public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }
}

extension TestKit {
  /// A fresh folder, removed when the returned object goes. Keep it alive:
  /// `let directory = try TestKit.temporaryDirectory(); defer { withExtendedLifetime(directory) {} }`.
  public static func temporaryDirectory() throws -> TemporaryDirectory { try TemporaryDirectory() }
}
