import MediaJobs

/// Which frames of a clip are handed over, decided as they come by, so that the whole clip is covered
/// whatever its length and however often it cuts.
struct SampleSchedule {
  private let plan: SamplePlan
  private let duration: Double?
  private var interval: Double
  private var nextRegular: Double
  private let cutLimit: Int
  private var cuts = 0
  private(set) var sent = 0
  private(set) var skippedCuts = 0
  private(set) var isWidened = false

  /// Cuts that may be taken before they must be spread over the clip.
  private static let cutBurst = 16

  init(_ plan: SamplePlan, duration: Double?) {
    self.plan = plan
    self.duration = duration
    interval = plan.everySeconds
    nextRegular = plan.includeFirst ? 0 : plan.everySeconds
    // Half of the frames for cuts; one kept back for the last.
    let regularLimit = max((plan.maximumFrames - 1) / (plan.sceneCuts ? 2 : 1), 1)
    cutLimit = plan.sceneCuts ? max(plan.maximumFrames - 1 - regularLimit, 0) : 0
    if let duration, duration / interval + 1 > Double(regularLimit) {
      interval = duration / Double(regularLimit)
      isWidened = true
    }
  }

  /// Whether the frame at `time` is handed over.
  mutating func takes(time: Double, isCut: Bool) -> Bool {
    guard sent < plan.maximumFrames - 1 else {
      if isCut { skippedCuts += 1 }
      return false
    }
    // A container that lies about its length, or says none: look less often, but never stop.
    let isRegular = time >= nextRegular
    if isRegular {
      if sent - cuts >= (plan.maximumFrames - 1 - cutLimit) * 3 / 4, duration == nil {
        interval *= 1.5
        isWidened = true
      }
      nextRegular = time == 0 ? interval : nextRegular + interval
      if nextRegular <= time { nextRegular = time + interval }
    }
    var isTakenCut = false
    if isCut, !isRegular {
      let share = duration.map { $0 > 0 ? min(time / $0, 1) : 1 } ?? 0.5
      if cuts < Self.cutBurst + Int(Double(cutLimit) * share), cuts < cutLimit {
        cuts += 1
        isTakenCut = true
      } else {
        skippedCuts += 1
      }
    }
    guard isRegular || isTakenCut else { return false }
    sent += 1
    return true
  }

  mutating func tookLast() { sent += 1 }
}
