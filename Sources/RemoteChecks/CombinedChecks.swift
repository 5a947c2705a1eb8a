public import Evidence
public import Moderation
public import Pixels
public import Policy

/// The text checks of this machine and of others, side by side. Where both give a score of one name,
/// the higher one counts; where one of them has no answer, a rule that needs it is unknown.
public struct CombinedTextChecks: TextChecking {
  private let local: any TextChecking
  private let remote: [RemoteCheck]

  public init(local: any TextChecking, remote: [RemoteCheck]) {
    self.local = local
    self.remote = remote
  }

  /// Without a policy a monitor has nothing to hold the text against, and is not asked.
  public func signals(for text: String) async -> [Signal] {
    async let own = local.signals(for: text)
    let others = await answers(of: remote, to: .text(text))
    return await own + others
  }

  public func signals(for text: String, under policy: PolicySet) async -> [Signal] {
    async let own = local.signals(for: text, under: policy)
    let others = await answers(of: remote, to: .text(text), under: policy)
    return await own + others
  }
}

/// The same for pictures.
public struct CombinedFrameChecks: FrameChecking {
  /// Remote models look at less than this; more would only be longer on its way.
  static let side = 512

  private let local: any FrameChecking
  private let remote: [RemoteCheck]

  public init(local: any FrameChecking, remote: [RemoteCheck]) {
    self.local = local
    self.remote = remote
  }

  public func signals(for image: RGBImage) async -> [Signal] {
    if remote.isEmpty { return await local.signals(for: image) }
    async let own = local.signals(for: image)
    let others = await answers(
      of: remote, to: .picture(PlainPNG.encode(image.within(Self.side))))
    return await own + others
  }
}

extension RGBImage {
  /// The picture itself, or a smaller one whose longer side is `side`.
  func within(_ side: Int) -> RGBImage {
    let scale = Double(side) / Double(max(width, height))
    return scale >= 1
      ? self
      : resized(
        width: max(1, Int(Double(width) * scale)), height: max(1, Int(Double(height) * scale)))
  }
}

private func answers(
  of checks: [RemoteCheck], to input: RemoteInput, under policy: PolicySet? = nil
) async -> [Signal] {
  await withTaskGroup(of: (Int, [Signal]).self) { group in
    for (index, check) in checks.enumerated() {
      group.addTask { (index, await check.signals(for: input, under: policy)) }
    }
    var all: [(Int, [Signal])] = []
    for await answer in group { all.append(answer) }
    return all.sorted { $0.0 < $1.0 }.flatMap(\.1)
  }
}
