import Evidence
public import Moderation

/// Judges labelled rows as the stages judge texts, under one policy or several at once.
public enum EvaluationRun {
  /// Each row is read by the checks once, however many policies judge it.
  ///
  /// - Parameters:
  ///   - moderations: over the same checks, whose word lists hold those of every policy.
  ///   - width: rows at the checks at the same time.
  /// - Returns: for each policy the answers by row id.
  public static func predictions(
    for rows: [LabelledRow], under moderations: [TextModeration], width: Int
  ) async -> [[String: Prediction]] {
    guard let reader = moderations.first else { return [] }
    let answers = await inOrder(rows, width: width) { row -> [Prediction] in
      let modality = TextModeration.Modality(rawValue: row.modality) ?? .prompt
      let signals = await reader.signals(for: row.text)
      return moderations.map { Prediction($0.judgement(of: signals, as: modality)) }
    }
    return moderations.indices.map { policy in
      var byID: [String: Prediction] = [:]
      for (row, answer) in zip(rows, answers) { byID[row.id] = answer[policy] }
      return byID
    }
  }
}

extension Prediction {
  init(_ judgement: TextJudgement) {
    let answer: Answer
    switch judgement.answer {
    case .allow, .flag: answer = .allow
    case .review: answer = .review
    case .block: answer = .block
    }
    self.init(answer: answer, scores: judgement.scores)
  }
}
