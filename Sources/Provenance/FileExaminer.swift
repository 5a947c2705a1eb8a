public import C2PA
public import MediaClient
import Watermark

/// Finds out whose a file is, as far as it can be found out: from its credentials, its mark and its
/// look, in this order.
public struct FileExaminer: Sendable {
  private let verifier: Verifier
  private let search: WatermarkSearch?
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
    search = secrets.isEmpty ? nil : WatermarkSearch(secrets: secrets)
    self.media = media
    self.lookup = lookup
  }

  /// - Parameter report: of the file's own credentials.
  public func examine(_ path: String, _ report: VerificationReport) async -> Examination {
    var problems: [String] = []
    var finding: WatermarkFinding?
    do throws(MediaFailure) {
      finding = try await search?.find(in: path, media: media)
    } catch {
      problems.append("No mark could be looked for: \(error.sentence)")
    }
    guard let lookup else {
      return Examination(report: report, mark: finding, recovery: nil, problems: problems)
    }
    var content: ContentPrint?
    if lookup.comparesHere {
      do throws(MediaFailure) {
        content = try await media.contentPrint(of: path)
      } catch {
        problems.append("The pictures could not be compared: \(error.sentence)")
      }
    }
    let file = ExaminedFile(path: path, content: content, finding: finding)
    var recovery: Examination.Recovery?
    do throws(LookupFailure) {
      if finding?.verdict == .readable, let id = finding?.id {
        recovery = try await recovered(by: id, file, lookup)
      } else if report.state != .trusted, report.state != .valid {
        recovery = try await recovered(byLookOf: file, lookup)
      }
    } catch {
      problems.append(error.description)
    }
    return Examination(report: report, mark: finding, recovery: recovery, problems: problems)
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

  private func recovered(
    byLookOf file: ExaminedFile, _ lookup: any OutputLookup
  ) async throws(LookupFailure) -> Examination.Recovery? {
    for likeness in try await lookup.manifests(like: file) {
      guard let store = try await lookup.manifestStore(likeness.manifestID) else { continue }
      return recovery(
        .look, likeness.manifestID, store, .same(seconds: likeness.seconds ?? 0))
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
