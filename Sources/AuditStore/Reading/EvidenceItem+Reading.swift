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

  /// What a payload keeps under `evidence`; nil when it has none or is no canonical JSON.
  static func items(ofPayload bytes: [UInt8]) -> [EvidenceItem]? {
    var scanner = CanonicalScanner(bytes)
    var items: [EvidenceItem]?
    do {
      try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
        if name == "evidence" {
          var found: [EvidenceItem] = []
          try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
            if let item = try EvidenceItem.item(&scanner) { found.append(item) }
          }
          items = found
        } else {
          try scanner.skip()
        }
      }
    } catch {
      return nil
    }
    return items
  }

  private static func item(
    _ scanner: inout CanonicalScanner
  ) throws(CanonicalScanner.Malformed) -> EvidenceItem? {
    var kind: Kind?
    var from: Double?
    var to: Double?
    var signals: [Signal] = []
    var upload: Upload.Kind?
    var provenance: UploadProvenance?
    try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
      switch name {
      case "kind": kind = Kind(rawValue: try scanner.string())
      case "time":
        try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
          let seconds = try scanner.number()
          if from == nil { from = seconds }
          to = seconds
        }
      case "signals":
        try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
          signals.append(try Signal(&scanner))
        }
      case "upload":
        upload = .unknown
        try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
          if name == "kind" {
            upload = Upload.Kind(rawValue: try scanner.string()) ?? .unknown
          } else {
            try scanner.skip()
          }
        }
      case "provenance": provenance = try UploadProvenance(&scanner)
      default: try scanner.skip()
      }
    }
    guard let kind else { return nil }
    var time: ClosedRange<Double>?
    if let from { time = from...max(from, to ?? from) }
    return EvidenceItem(
      kind: kind, time: time, signals: signals,
      upload: upload.map { Upload(kind: $0, mediaType: "", provenance: provenance) })
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
