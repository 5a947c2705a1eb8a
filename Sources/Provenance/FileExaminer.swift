public import C2PA
import Fingerprint
public import MediaClient
import Watermark

/// Finds out whose a file is, as far as it can be found out: from its credentials, its mark, its look and
/// its sound, in this order.
public struct FileExaminer: Sendable {
  private let verifier: Verifier
  private let search: MarkSearch?
  private let media: MediaClient
  private let lookup: (any OutputLookup)?

  /// - Parameters:
  ///   - secrets: whose marks are looked for, the present one first; none looks for none.
  ///   - lookup: nil recovers nothing.
  public init(
    verifier: Verifier, secrets: [WatermarkSecret], media: MediaClient,
    lookup: (any OutputLookup)?
  ) {
    self.verifier = verifier
    search = secrets.isEmpty ? nil : MarkSearch(secrets: secrets)
    self.media = media
    self.lookup = lookup
  }

  /// - Parameter report: of the file's own credentials.
  public func examine(_ path: String, _ report: VerificationReport) async -> Examination {
    var problems: [String] = []
    var marks: MarkSearch.Findings?
    do throws(MediaFailure) {
      marks = try await search?.find(in: path, media: media)
    } catch {
      problems.append("No mark could be looked for: \(error.sentence)")
    }
    guard let lookup else {
      return Examination(report: report, marks: marks, recovery: nil, problems: problems)
    }
    let finding = marks?.pictures
    var prints: FilePrints?
    if lookup.comparesHere {
      do throws(MediaFailure) {
        prints = try await media.prints(of: path)
      } catch {
        problems.append("The file could not be compared: \(error.sentence)")
      }
    }
    let isRecording =
      if let prints { prints.isRecording } else { await media.isRecording(path) }
    let file = ExaminedFile(
      path: path, content: prints?.look, finding: finding, isRecording: isRecording)
    var recovery: Examination.Recovery?
    do throws(LookupFailure) {
      if finding?.verdict == .readable, let id = finding?.id {
        recovery = try await recovered(by: id, file, lookup)
      } else if marks?.sound?.verdict == .readable, let id = marks?.sound?.id {
        recovery = try await recovered(bySoundMark: id, of: file, prints?.sound, lookup)
      } else if report.state != .trusted, report.state != .valid {
        recovery = try await recovered(byLookOf: file, lookup)
        if recovery == nil, let sound = prints?.sound {
          recovery = try await recovered(bySound: sound, of: file, lookup)
        }
      }
    } catch {
      problems.append(error.description)
    }
    return Examination(report: report, marks: marks, recovery: recovery, problems: problems)
  }

  private func recovered(
    by mark: UInt64, _ file: ExaminedFile, _ lookup: any OutputLookup
  ) async throws(LookupFailure) -> Examination.Recovery? {
    for manifest in try await lookup.manifests(boundTo: mark) {
      guard let store = try await lookup.manifestStore(manifest) else { continue }
      return recovery(
        .mark, manifest, store, try await lookup.agreement(of: file, with: manifest))
    }
    return nil
  }

  /// A mark in the sound leads to the record of a recording. Whether the rest is that record's, its print
  /// tells; under pictures, the mark says nothing of those.
  private func recovered(
    bySoundMark mark: UInt64, of file: ExaminedFile, _ sound: Chromaprint?,
    _ lookup: any OutputLookup
  ) async throws(LookupFailure) -> Examination.Recovery? {
    for manifest in try await lookup.manifests(boundTo: mark) {
      guard let store = try await lookup.manifestStore(manifest) else { continue }
      var passage: HeardPassage?
      if let sound {
        passage = try await lookup.manifests(heardIn: sound)
          .first { $0.manifestID == manifest }?.passage
      }
      var agreement = ContentAgreement.unknown
      if file.isRecording {
        if let sound, let passage, passage.covers(sound) {
          agreement = .same(seconds: passage.seconds)
        } else if !lookup.comparesHere,
          case .same(let seconds) = try await lookup.agreement(of: file, with: manifest)
        {
          agreement = .same(seconds: seconds)
        }
      }
      var found = recovery(file.isRecording ? .mark : .sound, manifest, store, agreement)
      found?.heard = passage
      return found
    }
    return nil
  }

  private func recovered(
    byLookOf file: ExaminedFile, _ lookup: any OutputLookup
  ) async throws(LookupFailure) -> Examination.Recovery? {
    for likeness in try await lookup.manifests(like: file) {
      guard let store = try await lookup.manifestStore(likeness.manifestID) else { continue }
      return recovery(
        file.isRecording ? .sound : .look, likeness.manifestID, store,
        .same(seconds: likeness.seconds ?? 0))
    }
    return nil
  }

  /// A recording that is for the greater part what one output sounds like, and no other as much, is a
  /// copy of it. What is heard under pictures, in a part of a recording, or in several outputs alike, says
  /// less.
  private func recovered(
    bySound sound: Chromaprint, of file: ExaminedFile, _ lookup: any OutputLookup
  ) async throws(LookupFailure) -> Examination.Recovery? {
    let hearings = try await lookup.manifests(heardIn: sound)
    for (rank, hearing) in hearings.enumerated() {
      guard let store = try await lookup.manifestStore(hearing.manifestID) else { continue }
      let isOnly = hearings.dropFirst(rank + 1).allSatisfy { $0.similarity < hearing.similarity }
      let isCopy = file.isRecording && isOnly && hearing.passage.covers(sound)
      var found = recovery(
        .sound, hearing.manifestID, store,
        isCopy ? .same(seconds: hearing.passage.seconds) : .unknown)
      found?.heard = hearing.passage
      return found
    }
    return nil
  }

  /// A store whose active manifest is not the one that was asked for proves nothing about this file.
  private func recovery(
    _ basis: Examination.Recovery.Basis, _ manifest: String, _ store: [UInt8],
    _ agreement: ContentAgreement
  ) -> Examination.Recovery? {
    let report = verifier.verify(recovered: store)
    guard report.activeManifest == manifest else { return nil }
    return Examination.Recovery(
      basis: basis, manifestID: manifest, report: report, agreement: agreement, store: store)
  }
}
