/// One thing to judge, with what the checks said of it.
public struct EvidenceItem: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case prompt
    /// What the core says it made of the prompt.
    case scene
    case transcript
    case textInFrame = "text_in_frame"
    case frame
    /// Sound as a whole: speech present or not.
    case soundtrack
    case upload
  }

  public let kind: Kind
  /// Seconds from the clip's start; nil for what has no time.
  public let time: ClosedRange<Double>?
  public let signals: [Signal]
  /// Set when `kind` is `.upload`.
  public let upload: Upload?

  public init(
    kind: Kind, time: ClosedRange<Double>? = nil, signals: [Signal], upload: Upload? = nil
  ) {
    self.kind = kind
    self.time = time
    self.signals = signals
    self.upload = upload
  }
}

/// Facts about a file the caller sent along.
public struct Upload: Equatable, Sendable {
  public enum Kind: String, Sendable { case image, video, audio, unknown }

  public let kind: Kind
  public let mediaType: String
  public let provenance: UploadProvenance?

  public init(kind: Kind, mediaType: String, provenance: UploadProvenance? = nil) {
    self.kind = kind
    self.mediaType = mediaType
    self.provenance = provenance
  }
}

/// What the verifier found in an upload: the words a policy can ask for.
public struct UploadProvenance: Equatable, Sendable {
  /// `Trusted`, `Valid`, `Invalid` or `NoManifest`.
  public let state: String
  /// Last path component of the IPTC digitalSourceType, such as `digitalCapture`.
  public let sourceType: String?

  public init(state: String, sourceType: String?) {
    self.state = state
    self.sourceType = sourceType
  }
}
