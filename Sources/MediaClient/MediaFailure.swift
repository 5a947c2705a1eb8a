public import Bytes
public import MediaJobs

/// Why a media job gave no result. Nothing in it comes from the file's content but libav's own words.
public enum MediaFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sandboxed process looked at the job and said no: the file's or the request's fault.
  case refused(MediaRefusal)
  /// It ended without an answer. A file that does this to it must not pass as anything.
  case crashed(String)
  case timedOut(seconds: Double)
  /// It was ended by a limit: processor time, size of the output, more answers than the job allows.
  case overBudget(String)
  /// It could not be started: missing, not executable, a library missing.
  case unavailable(String)
  /// The input or output file could not be opened.
  case file(FileError)
  case cancelled

  /// Stable, for logs and for mapping to HTTP.
  public var code: String {
    switch self {
    case .refused(let refusal): refusal.code.rawValue
    case .crashed: "crashed"
    case .timedOut: "timed_out"
    case .overBudget: "over_budget"
    case .unavailable: "media_unavailable"
    case .file: "file"
    case .cancelled: "cancelled"
    }
  }

  /// For a person, with what to do.
  public var sentence: String {
    switch self {
    case .refused(let refusal): refusal.sentence
    case .crashed(let how):
      "The file made the media process end without an answer (\(how)); it is not accepted."
    case .timedOut(let seconds):
      "The media process did not answer within \(seconds) s and was ended; try a smaller file."
    case .overBudget(let what): "The media process was ended: \(what). Try a smaller file."
    case .unavailable(let why): "The media process cannot be started: \(why)."
    case .file(let error): error.description
    case .cancelled: "The job was cancelled."
    }
  }

  public var description: String { "\(code): \(sentence)" }

  /// Whether the file or the request is at fault, so that trying again cannot help.
  public var isFinal: Bool {
    switch self {
    case .refused(let refusal):
      switch refusal.code {
      case .outputFailed, .deadline, .sandboxUnavailable, .missingComponent, .internal: false
      default: true
      }
    case .crashed, .overBudget: true
    case .timedOut, .unavailable, .file, .cancelled: false
    }
  }
}
