public import StrictJSON

/// A text that people, or a benchmark, labelled.
public struct LabelledRow: Equatable, Sendable {
  /// Why a line is no row; a sentence.
  public struct Fault: Error, Equatable, Sendable { public let reason: String }

  public let id: String
  public let text: String
  /// `prompt`, `transcript`, `scene` or `text_in_frame`.
  public let modality: String
  public let isUnsafe: Bool
  /// OpenAI's names.
  public let categories: Set<String>
  /// `public_figure`, `obfuscated` and the like.
  public let tags: Set<String>
  public let source: String
  /// `core`: of one of the 13 categories; `policy`: only a tag.
  public let tier: String
  public let language: String
  /// The categories that somebody looked for; nil when nobody says.
  public let labelled: Set<String>?

  /// Where the source is `family/part`, its family.
  public var family: String { String(source.prefix { $0 != "/" }) }

  public init(json: JSONValue) throws(Fault) {
    guard let id = json["id"]?.string ?? json["id"]?.integer.map(String.init) else {
      throw Fault(reason: "\"id\" is missing")
    }
    guard let text = json["text"]?.string else {
      throw Fault(reason: "\"text\" is missing or no string")
    }
    let categories = try Self.words(json, "categories")
    // Rows of other makers say what they are by a label.
    let label = json["label"]?.string.map { !["safe", "benign", "ok"].contains($0.lowercased()) }
    guard let isUnsafe = json["unsafe"]?.bool ?? label ?? categories.map({ !$0.isEmpty }) else {
      throw Fault(reason: "\"unsafe\", \"label\" or \"categories\" must say what the row is")
    }
    self.id = id
    self.text = text
    self.isUnsafe = isUnsafe
    self.categories = categories ?? []
    modality = json["modality"]?.string ?? "prompt"
    tags = try Self.words(json, "tags") ?? []
    source = json["source"]?.string ?? "unnamed"
    tier = json["tier"]?.string ?? "core"
    language = json["lang"]?.string ?? "en"
    labelled = try Self.words(json, "labelled")
  }

  private static func words(_ json: JSONValue, _ name: String) throws(Fault) -> Set<String>? {
    guard let value = json[name], !value.isNull else { return nil }
    guard let list = value.array, list.allSatisfy({ $0.string != nil }) else {
      throw Fault(reason: "\"\(name)\" is no list of names")
    }
    return Set(list.compactMap(\.string))
  }
}

/// What was said of a row.
public struct Prediction: Equatable, Sendable {
  public enum Answer: String, Sendable { case allow, review, block }

  public let answer: Answer
  /// In the order in which they were given: of equal ones the first counts as the highest.
  public let scores: [(category: String, score: Double)]

  public init(answer: Answer, scores: [(category: String, score: Double)]) {
    self.answer = answer
    self.scores = scores
  }

  /// The highest score, or 0.
  public var top: Double { scores.map(\.score).max() ?? 0 }

  public func score(_ category: String) -> Double {
    scores.first { $0.category == category }?.score ?? 0
  }

  /// The category of the highest score.
  var blamed: String? {
    var best: (category: String, score: Double)?
    for score in scores where best.map({ score.score > $0.score }) ?? true { best = score }
    return best?.category
  }

  public static func == (left: Prediction, right: Prediction) -> Bool {
    left.answer == right.answer
      && left.scores.elementsEqual(right.scores) {
        $0.category == $1.category && $0.score == $1.score
      }
  }
}
