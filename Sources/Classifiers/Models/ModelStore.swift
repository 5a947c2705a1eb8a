import Bytes
public import Evidence
import PKI
import StrictJSON
import Synchronization

/// Why a model cannot answer.
enum ModelError: Error, Equatable {
  /// It is not installed.
  case missing(String)
  /// It is there but cannot be read, is not the file that was installed, or does not load.
  case unreadable(String)

  var unknown: UnknownReason {
    switch self {
    case .missing(let why): .modelMissing(why)
    case .unreadable(let why): .failed(why)
    }
  }
}

/// The folder that `Scripts/models` fills: the runtime, the weights, and `manifest.json` with the
/// SHA-256 of each file. Every file is hashed before it is used, so what answered is what the
/// manifest, and with it the audit log, names.
public final class ModelStore: Sendable {
  /// The parts that Assay knows.
  public enum Part: String, CaseIterable, Sendable {
    case runtime = "onnxruntime"
    case textGate = "text-gate"
    case nudity = "open-nsfw"
    case faces = "centerface"
    case apparentAge = "dlib-age"
    case reading = "pp-ocr"
    case voiceActivity = "silero-vad"
    case speech = "whisper-tiny.en"
  }

  public enum State: Equatable, Sendable {
    case installed
    /// With a sentence that says what to do.
    case missing(String)
    /// There, but damaged or not readable.
    case unreadable(String)
  }

  /// One file as the manifest names it.
  public struct File: Equatable, Sendable {
    public let part: String
    public let version: String
    /// Relative to the folder.
    public let path: String
    /// Lower-case hexadecimal.
    public let sha256: String
    /// SPDX identifier.
    public let licence: String
  }

  public let directory: String
  private let sessions = Mutex<[String: OnnxSession]>([:])
  /// The manifest as it was when the first model was loaded: what is reported must be what answers,
  /// also when somebody installs other models under a running server.
  private let pinned = Mutex<[File]?>(nil)

  /// Nothing is read before it is needed, so an empty or absent folder is no error here.
  public init(directory: String) {
    self.directory = directory
  }

  /// What the manifest lists; empty when nothing is installed or the manifest is not readable.
  public var files: [File] { (try? manifest()) ?? [] }

  /// Reads and hashes every file of `part`, which takes a tenth of a second for the largest.
  public func state(of part: Part) -> State {
    do {
      for file in try files(of: part) { _ = try contents(of: file) }
      return .installed
    } catch {
      switch error {
      case .missing(let why): return .missing(why)
      case .unreadable(let why): return .unreadable(why)
      }
    }
  }

  /// Name and hash of a model for the log; several files are named by the hash of their hashes.
  public func identity(of part: Part) -> ModelIdentity? {
    guard let files = try? pinnedFiles(of: part), let first = files.first else { return nil }
    let digest =
      files.count == 1
      ? first.sha256
      : Hex.encode(HashAlgorithm.sha256.digest(Array(files.map(\.sha256).joined().utf8)))
    return ModelIdentity(name: "\(part.rawValue) \(first.version)", sha256: digest)
  }

  /// The bytes of one file, checked against the manifest.
  func contents(_ part: Part, _ name: String) throws(ModelError) -> [UInt8] {
    try contents(of: file(part, name))
  }

  /// A session for one model file; loaded at the first call, then shared.
  func session(_ part: Part, _ name: String) throws(ModelError) -> OnnxSession {
    let key = "\(part.rawValue)/\(name)"
    if let session = sessions.withLock({ $0[key] }) { return session }
    let library = try file(.runtime, "libonnxruntime.so")
    if !sessions.withLock({ !$0.isEmpty }) { _ = try contents(of: library) }
    let model = try contents(part, name)
    do {
      try OnnxRuntime.open(library: "\(directory)/\(library.path)")
      let session = try OnnxSession(model: model)
      // Two threads may have loaded at once; all use the one that came first.
      return sessions.withLock { sessions in
        if let earlier = sessions[key] { return earlier }
        sessions[key] = session
        return session
      }
    } catch {
      throw .unreadable("\(key) does not load: \(error.reason)")
    }
  }

  private func file(_ part: Part, _ name: String) throws(ModelError) -> File {
    let path = "\(part.rawValue)/\(name)"
    guard let file = try pinnedFiles(of: part).first(where: { $0.path == path }) else {
      throw .missing("\(path) is not in \(directory)/manifest.json; run Scripts/models")
    }
    return file
  }

  /// As the manifest on disk says now.
  private func files(of part: Part) throws(ModelError) -> [File] {
    try select(part, from: manifest())
  }

  private func pinnedFiles(of part: Part) throws(ModelError) -> [File] {
    if let files = pinned.withLock({ $0 }) { return try select(part, from: files) }
    let files = try manifest()
    pinned.withLock { $0 = $0 ?? files }
    return try select(part, from: files)
  }

  private func select(_ part: Part, from all: [File]) throws(ModelError) -> [File] {
    let files = all.filter { $0.part == part.rawValue }
    guard !files.isEmpty else {
      throw .missing("\(part.rawValue) is not installed in \(directory); run Scripts/models")
    }
    return files
  }

  private func contents(of file: File) throws(ModelError) -> [UInt8] {
    let path = "\(directory)/\(file.path)"
    let bytes: [UInt8]
    do {
      bytes = try FileByteSource.contents(of: path, limit: Self.maximumFileSize)
    } catch {
      if error.errorNumber == Self.noSuchFile {
        throw .missing("\(path) is not there; run Scripts/models")
      }
      throw .unreadable("\(error); check its permissions or run Scripts/models")
    }
    guard Hex.encode(HashAlgorithm.sha256.digest(bytes)) == file.sha256 else {
      throw .unreadable(
        "\(path) is not the file that was installed; run Scripts/models and start again")
    }
    return bytes
  }

  private func manifest() throws(ModelError) -> [File] {
    let path = "\(directory)/manifest.json"
    do {
      let text = try FileByteSource.contents(of: path, limit: Self.maximumManifestSize)
      let document = try JSONValue.parse(text)
      guard let entries = document["models"]?.array else {
        throw ModelError.unreadable("\(path) has no list called models; run Scripts/models")
      }
      return try entries.map { entry throws(ModelError) -> File in
        guard let part = entry["name"]?.string, let version = entry["version"]?.string,
          let file = entry["file"]?.string, let sha256 = entry["sha256"]?.string,
          let licence = entry["licence"]?.string, !file.hasPrefix("/"), !file.contains("..")
        else { throw .unreadable("\(path) has an incomplete entry; run Scripts/models") }
        return File(part: part, version: version, path: file, sha256: sha256, licence: licence)
      }
    } catch let error as FileError {
      if error.errorNumber == Self.noSuchFile {
        throw .missing("no models are installed in \(directory); run Scripts/models")
      }
      throw .unreadable("\(error)")
    } catch let error as ModelError {
      throw error
    } catch {
      throw .unreadable("\(path): \(error); run Scripts/models")
    }
  }

  private static let noSuchFile: Int32 = 2  // ENOENT
  /// The largest model file here has 29 MB; a gigabyte leaves room for any that fits in memory.
  private static let maximumFileSize = 1 << 30
  private static let maximumManifestSize = 1 << 20
}
