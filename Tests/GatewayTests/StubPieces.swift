import Bytes
import Evidence
import MediaJobs
import Moderation
import Synchronization

/// Pictures and recordings without media: what is released are a few bytes. A text with the word
/// "forbidden" is refused.
final class StubPieces: PiecePipeline {
  private let workspace: Workspace
  private let state = Mutex<(subjects: [Subject], fields: [[String: String]])>(([], []))

  init(workspace: Workspace) { self.workspace = workspace }

  /// Who asked, in order.
  var subjects: [Subject] { state.withLock(\.subjects) }
  /// The fields that came with each request.
  var fields: [[String: String]] { state.withLock(\.fields) }

  private func note(_ subject: Subject, _ fields: [String: String]) {
    state.withLock {
      $0.subjects.append(subject)
      $0.fields.append(fields)
    }
  }

  private func made(_ id: String, _ text: String) throws -> PieceAnswer {
    if text.contains("forbidden") {
      return .refused(
        Refusal(stage: .screen, categories: ["sexual"], message: nil, parameter: "prompt"))
    }
    let path = workspace.upload(id, name: "sealed-0")
    let sink = try FileByteSink(path: path, mode: 0o600)
    try sink.write(Array("released \(state.withLock { $0.subjects.count })".utf8))
    try sink.commit()
    return .released([ReleasedPiece(path: path, sha256: "00", scene: nil)])
  }

  func draw(id: String, _ order: StillOrder, subject: Subject) async throws -> PieceAnswer {
    note(subject, order.request.extras)
    return try made(id, order.request.prompt)
  }

  func speak(id: String, _ order: SpeechOrder, subject: Subject) async throws -> PieceAnswer {
    note(subject, order.extras)
    return try made(id, order.speech.text)
  }

  func hear(id: String, _ path: String, subject: Subject) async throws -> HeardAnswer {
    note(subject, [:])
    return .heard(Heard(seconds: 1, segments: [.init(start: 0, end: 1, text: "hello")]))
  }
}
