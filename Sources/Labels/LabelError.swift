public import Containers

/// Why a label cannot be read or written.
public enum LabelError: Error, Equatable, Sendable, CustomStringConvertible {
  case container(ContainerError)
  /// The format has no place for a label that was asked for.
  case unsupported(format: String)
  /// The file has a label that says something else (Measures for labelling AI-generated content,
  /// article 10: labels are not to be deleted, altered, forged or hidden).
  case conflict(field: String, existing: String)
  /// The text of an `AIGC` field is not as the standard has it.
  case invalidLabel(String)
  /// The file's XMP packet cannot be followed, so nothing can be put into it safely.
  case invalidXMP(offset: Int, reason: String)
  /// The file carries Content Credentials, whose hash a label would break.
  case signed

  /// Stable, for logs and for tests.
  public var code: String {
    switch self {
    case .container(let error): error.code
    case .unsupported: "label.unsupported"
    case .conflict: "label.conflict"
    case .invalidLabel: "label.invalid"
    case .invalidXMP: "label.invalid_xmp"
    case .signed: "label.signed"
    }
  }

  public var description: String {
    switch self {
    case .container(let error): error.description
    case .unsupported(let format): "no place is known for labels in a \(format) file"
    case .conflict(let field, let existing):
      "the file's \(field) already says \(existing); it is left as it is unless it is to be replaced"
    case .invalidLabel(let reason): "the AIGC label is not valid: \(reason)"
    case .invalidXMP(let offset, let reason):
      "the file's XMP packet cannot be followed at byte \(offset): \(reason)"
    case .signed:
      "the file carries Content Credentials, which a label would break; sign it anew with its label, "
        + "and it is kept as an ingredient"
    }
  }
}
