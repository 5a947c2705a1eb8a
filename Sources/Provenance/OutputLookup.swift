public import Fingerprint
public import Watermark

/// Where delivered files can be looked up: the records on this machine, or another's soft binding
/// resolution API.
public protocol OutputLookup: Sendable {
  /// Whether `ExaminedFile.content` is needed; what another machine compares is not printed here.
  var comparesHere: Bool { get }

  /// The manifests that a mark's id is bound to.
  func manifests(boundTo mark: UInt64) async throws(LookupFailure) -> [String]

  /// Whether a file shows what the record of a manifest holds.
  func agreement(
    of file: ExaminedFile, with manifestID: String
  ) async throws(LookupFailure) -> ContentAgreement

  /// The manifests of outputs that a file looks like, the likeliest first.
  func manifests(like file: ExaminedFile) async throws(LookupFailure) -> [Likeness]

  /// The manifests of outputs that are heard in a file, the most alike first. None where another
  /// machine listens: what it hears is among what it says the file is like.
  func manifests(heardIn sound: Chromaprint) async throws(LookupFailure) -> [Hearing]

  /// A manifest store; nil when there is none under that name.
  func manifestStore(_ manifestID: String) async throws(LookupFailure) -> [UInt8]?
}

/// A file that is being looked up.
public struct ExaminedFile: Sendable {
  public let path: String
  /// Nil where nobody here compares it.
  public let content: ContentPrint?
  /// What the search for marks found.
  public let finding: WatermarkFinding?
  /// Whether there is nothing to be seen in it.
  public let isRecording: Bool

  public init(
    path: String, content: ContentPrint?, finding: WatermarkFinding?, isRecording: Bool = false
  ) {
    self.path = path
    self.content = content
    self.finding = finding
    self.isRecording = isRecording
  }
}

/// An output that a file looks like.
public struct Likeness: Equatable, Sendable {
  public let manifestID: String
  /// 0 to 100; nil where it was not told.
  public let similarity: Int?
  /// The moment of the output that the file begins with; nil where it was not told.
  public let seconds: Double?

  public init(manifestID: String, similarity: Int?, seconds: Double?) {
    self.manifestID = manifestID
    self.similarity = similarity
    self.seconds = seconds
  }
}

/// The records could not be asked. What was not asked is not known: never "nothing found".
public struct LookupFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// A sentence that says what to do.
  public let description: String

  public var code: String { "lookup.failed" }

  public init(_ description: String) { self.description = description }
}
