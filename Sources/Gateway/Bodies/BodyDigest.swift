import Bytes
import NIOPosix
import PKI
import StrictJSON

/// What makes two requests the same: their decoded fields and files. A form's boundary is another at
/// every attempt, so raw bytes say nothing.
enum BodyDigest {
  /// Of fields alone.
  static func hex(_ fields: FormFields) -> String { hex(fields, files: [:]) }

  /// Of fields and the files beside them, read on a thread of its own.
  static func hex(
    _ fields: FormFields, _ files: CreateBodyReader.Files
  ) async throws -> String {
    let paths = files.mapValues { $0.map(\.path) }
    guard !paths.isEmpty else { return hex(fields) }
    return try await NIOThreadPool.singleton.runIfActive {
      var digests: [String: [String]] = [:]
      for (name, paths) in paths {
        digests[name] = try paths.map { path in
          let bytes = try FileByteSource.contents(
            of: path, limit: CreateBodyReader.maximumClipBytes)
          return Hex.encode(HashAlgorithm.sha256.digest(bytes))
        }
      }
      return hex(fields, files: digests)
    }
  }

  private static func hex(_ fields: FormFields, files: [String: [String]]) -> String {
    let document: JSONValue = [
      "fields": .object(
        fields.values.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value.spelling)) }),
      "files": .object(
        files.sorted { $0.key < $1.key }.map {
          .init($0.key, .array($0.value.map(JSONValue.string)))
        }),
    ]
    return Hex.encode(HashAlgorithm.sha256.digest(document.canonical))
  }
}
