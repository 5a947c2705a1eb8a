import C2PA
public import StrictJSON
public import Watermark

/// An examination in words for people, and as JSON for programs. Texts from files are neutralised.
extension Examination {
  /// Two or three words.
  public var headline: String {
    switch conclusion {
    case .credentials:
      report.state == .trusted
        ? "Content Credentials, signer trusted" : "Content Credentials, signer not trusted"
    case .invalidCredentials: "Content Credentials that do not hold"
    case .recovered: "Credentials recovered (durable)"
    case .unconfirmed: "Credentials found by the mark, not confirmed"
    case .heard: "Sound of an output on record"
    case .contentConflict: "Conflict: mark and content disagree"
    case .credentialsConflict: "Conflict: mark and credentials disagree"
    case .unresolved: "Marked, not on record"
    case .markPresent: "Marked, the mark cannot be read"
    case .nothing: "Nothing found"
    }
  }

  /// What that means, in a sentence or two.
  public var sentence: String {
    switch conclusion {
    case .credentials, .invalidCredentials: return report.reason
    case .recovered:
      let basis =
        switch recovery?.basis {
        case .mark:
          "The \(mark == nil ? "inaudible" : "invisible") mark in it leads to the credentials on "
            + "record, and \(mark == nil ? "it sounds like the output" : "its pictures are those") "
            + "on record"
        case .sound: "It sounds like an output on record"
        case .look, nil: "Its pictures are those of an output on record"
        }
      return "The file has lost its Content Credentials. \(basis): it is a copy of what "
        + "\(signer) signed\(moment). The credentials describe the original; how this copy was "
        + "changed is not known."
    case .unconfirmed:
      return
        "The \(mark == nil ? "inaudible" : "invisible") mark leads to credentials that \(signer) "
        + "signed. Whether the content is the one on record could not be told: there is too little to "
        + "see or hear, or too much was changed."
    case .heard:
      return
        "\(passage), the file sounds like an output that \(signer) signed. That says nothing of "
        + "its pictures, or of the rest of a recording: a sound may be laid under any, or quoted. It "
        + "is a lead, no proof of origin."
    case .contentConflict:
      return "The invisible mark belongs to an output that \(signer) signed, but the pictures are "
        + "others: the mark was laid over this file. It says nothing about where this file comes from."
    case .credentialsConflict:
      return
        "The file's own credentials are intact, but the invisible mark is that of an output that "
        + "\(signer) signed, which they do not mention. One of the two is not this file's own: do not "
        + "rely on either."
    case .unresolved:
      return recovery == nil
        ? "An invisible mark made here is in the file, but there is no record of it."
        : "The invisible mark leads to a record, but the credentials there do not hold: "
          + (recovery?.report.reason ?? "")
    case .markPresent:
      return "An invisible mark made here is in the file, too damaged to say of which output."
    case .nothing:
      return mark == nil && soundMark == nil
        ? "The file carries no Content Credentials, and no mark was looked for."
        : "The file carries no Content Credentials and no mark made here, and looks like nothing on "
          + "record. That says nothing about how it was made."
    }
  }

  private var signer: String {
    DisplayText.neutralised(recovery?.report.active?.signer?.name ?? "somebody")
  }

  private var moment: String {
    guard case .same(let seconds) = recovery?.agreement, seconds >= 1 else { return "" }
    return ", from second \(Int(seconds)) on"
  }

  private var passage: String {
    guard let heard = recovery?.heard else { return "In a part of it" }
    return "From second \(Int(heard.start)) on, for \(Int(heard.length)) seconds"
  }

  /// Lines for a terminal.
  public var text: String {
    var lines = [headline.uppercased(), "  \(sentence)"]
    if let mark {
      var line = "  Mark          \(mark.verdict.rawValue)"
      if let id = mark.id { line += ", id \(WatermarkID.text(id))" }
      lines.append(
        line + " (a file without one says otherwise with probability \(mark.bound) or less)")
    }
    if let soundMark {
      var line = "  Sound mark    \(soundMark.verdict.rawValue)"
      if let id = soundMark.id { line += ", id \(WatermarkID.text(id))" }
      lines.append(
        line + " (a sound without one says otherwise with probability \(soundMark.bound) or less)")
    }
    if let disclosure {
      lines.append(
        "  Heard         AI disclosure at second \(disclosure.start) (tones, Morse code \"AI\"); "
          + "anybody can write it")
    }
    if let recovery {
      lines.append("  On record     \(DisplayText.neutralised(recovery.manifestID))")
      lines.append(
        "  Found by      its \(recovery.basis.rawValue); "
          + "\(recovery.basis == .sound ? "whole" : "pictures"): \(recovery.agreement.word)")
      if let heard = recovery.heard {
        lines.append(
          "  Heard         \(Int(heard.length)) s, from second \(Int(heard.start)) of the file and "
            + "\(Int(heard.seconds)) of the output on")
      }
    }
    lines += problems.map { "  Not known     \(DisplayText.neutralised($0))" }
    if let recovery, conclusion != .contentConflict, conclusion != .credentials {
      lines += ["", "Recovered credentials:"]
      lines.append(TextReport.text(recovery.report))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `{"conclusion", "headline", "sentence", "mark", "sound_mark", "disclosure", "recovery", "problems"}`. Verdicts, never the
  /// detector's scores: they would help to remove marks.
  public var json: JSONValue {
    .object([
      .init("conclusion", .string(conclusion.rawValue)), .init("headline", .string(headline)),
      .init("sentence", .string(sentence)),
      .init(
        "mark",
        mark.map { mark in
          [
            "algorithm": .string(WatermarkSecret.algorithm),
            "verdict": .string(mark.verdict.rawValue),
            "id": mark.id.map { .string(WatermarkID.text($0)) } ?? .null,
            "bound": .real(mark.bound),
          ]
        } ?? .null),
      .init(
        "sound_mark",
        soundMark.map { mark in
          [
            "algorithm": .string(WatermarkSecret.soundAlgorithm),
            "verdict": .string(mark.verdict.rawValue),
            "id": mark.id.map { .string(WatermarkID.text($0)) } ?? .null,
            "bound": .real(mark.bound),
          ]
        } ?? .null),
      .init("disclosure", disclosure?.json ?? .null),
      .init(
        "recovery",
        recovery.map { recovery in
          var seconds = JSONValue.null
          if case .same(let start) = recovery.agreement { seconds = .real(start) }
          return [
            "basis": .string(recovery.basis.rawValue),
            "manifest_id": .string(recovery.manifestID),
            "content": .string(recovery.agreement.word), "seconds": seconds,
            "heard": recovery.heard.map { heard in
              [
                "start": .real(heard.start), "seconds": .real(heard.seconds),
                "length": .real(heard.length),
              ]
            } ?? .null,
            "credentials": JSONReport.value(recovery.report),
          ]
        } ?? .null),
      .init("problems", .array(problems.map { .string($0) })),
    ])
  }
}

extension DisclosureRhythmDetector.Finding {
  /// `{"kind", "start"}`, seconds.
  public var json: JSONValue { ["kind": "rhythm", "start": .real(start)] }
}
