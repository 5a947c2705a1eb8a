import Evidence

extension EvidenceItem {
  /// One item for each kind of evidence, with the highest score of each signal: what a leaf keeps
  /// when the payload is gone.
  static func summary(_ scores: [LeafFacts.Score]) -> [EvidenceItem] {
    Kind.allCases.compactMap { kind in
      let signals = scores.filter { $0.evidence == kind.rawValue }.map { score in
        Signal(
          name: score.signal,
          value: score.score.map { .score(Double($0) / 1_000_000) }
            ?? .unknown(UnknownReason(code: score.unknown ?? "", detail: "")),
          check: "")
      }
      return signals.isEmpty ? nil : EvidenceItem(kind: kind, signals: signals)
    }
  }
}

/// What a payload keeps of what a decision rested on.
struct JudgedEvidence {
  /// Under `evidence`; nil when the payload has none or it cannot be read.
  private(set) var items: [EvidenceItem]?
  private(set) var isUnreadable = false
  /// What policies read of the subject.
  private(set) var ageBand: Subject.AgeBand?
  private(set) var consents: Set<String> = []

  init(payload bytes: [UInt8]) {
    var scanner = CanonicalScanner(bytes)
    do {
      try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
        switch name {
        case "evidence":
          var found: [EvidenceItem] = []
          try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
            found.append(try EvidenceItem(&scanner))
          }
          items = found
        case "subject": try readSubject(&scanner)
        default: try scanner.skip()
        }
      }
    } catch {
      items = nil
      isUnreadable = true
    }
  }

  private mutating func readSubject(
    _ scanner: inout CanonicalScanner
  ) throws(CanonicalScanner.Malformed) {
    try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
      switch name {
      case "age_band": ageBand = Subject.AgeBand(rawValue: try scanner.string())
      case "consents":
        try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
          consents.insert(try scanner.string())
        }
      default: try scanner.skip()
      }
    }
  }
}

extension EvidenceItem {
  fileprivate init(_ scanner: inout CanonicalScanner) throws(CanonicalScanner.Malformed) {
    var kind: Kind?
    var bounds: [Double] = []
    var signals: [Signal] = []
    var upload: Upload.Kind?
    var mediaType = ""
    var provenance: UploadProvenance?
    try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
      switch name {
      case "kind": kind = Kind(rawValue: try scanner.string())
      case "time":
        try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
          bounds.append(try scanner.number())
        }
      case "signals":
        try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
          signals.append(try Signal(&scanner))
        }
      case "upload":
        try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
          switch name {
          case "kind": upload = Upload.Kind(rawValue: try scanner.string())
          case "media_type": mediaType = try scanner.string()
          default: try scanner.skip()
          }
        }
        guard upload != nil else { throw CanonicalScanner.Malformed() }
      case "provenance": provenance = try UploadProvenance(&scanner)
      default: try scanner.skip()
      }
    }
    guard let kind, bounds.isEmpty || bounds.count == 2 && bounds[0] <= bounds[1] else {
      throw CanonicalScanner.Malformed()
    }
    self.init(
      kind: kind, time: bounds.isEmpty ? nil : bounds[0]...bounds[1], signals: signals,
      upload: upload.map { Upload(kind: $0, mediaType: mediaType, provenance: provenance) })
  }
}

extension Signal {
  fileprivate init(_ scanner: inout CanonicalScanner) throws(CanonicalScanner.Malformed) {
    var name = ""
    var check = ""
    var detail = ""
    var unknown: String?
    var score: Double?
    try scanner.object { (scanner, member) throws(CanonicalScanner.Malformed) in
      switch member {
      case "name": name = try scanner.string()
      case "check": check = try scanner.string()
      case "detail": detail = try scanner.string()
      case "score": score = try scanner.number()
      case "unknown": unknown = try scanner.string()
      default: try scanner.skip()
      }
    }
    // Neither a score nor a reason: what is not said was not evaluated.
    let value: Value
    if let score, unknown == nil {
      value = .score(score)
    } else {
      value = .unknown(UnknownReason(code: unknown ?? "", detail: detail))
    }
    self.init(name: name, value: value, check: check)
  }
}

extension UnknownReason {
  fileprivate init(code: String, detail: String) {
    switch code {
    case "model_missing": self = .modelMissing(detail)
    case "timed_out": self = .timedOut
    case "failed": self = .failed(detail)
    default: self = .notEvaluated(detail)
    }
  }
}

extension UploadProvenance {
  fileprivate init(_ scanner: inout CanonicalScanner) throws(CanonicalScanner.Malformed) {
    var state = ""
    var sourceType: String?
    try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
      switch name {
      case "state": state = try scanner.string()
      case "source_type": sourceType = try scanner.optionalString()
      default: try scanner.skip()
      }
    }
    self.init(state: state, sourceType: sourceType)
  }
}
