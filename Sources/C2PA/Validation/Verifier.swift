public import Bytes
import Containers
import Glibc

/// Answers for any file where it came from, as far as its Content Credentials say. Reads only the
/// file, and those beside it that a collection's manifest names: nothing is fetched from the network.
public struct Verifier: Sendable {
  public let trust: TrustConfiguration
  /// Seconds since 1970; nil is the moment of each call. Without a time stamp a verdict depends on
  /// the day.
  public let instant: Int64?

  public init(trust: TrustConfiguration, at instant: Int64? = nil) {
    self.trust = trust
    self.instant = instant
  }

  /// - Throws: only when the file itself cannot be opened.
  public func verify(path: String) throws(FileError) -> VerificationReport {
    verify(
      try FileByteSource(path: path), name: path, members: FolderMembers(beside: path))
  }

  /// - Parameters:
  ///   - name: what to call the asset in the report.
  ///   - sidecar: a manifest store that lies beside the asset, used when none is embedded.
  ///   - fragments: media segments of a fragmented asset, in order.
  ///   - members: the files beside the asset, which count when it is the manifest of a collection.
  public func verify(
    _ asset: any ByteSource, name: String? = nil, sidecar: [UInt8]? = nil,
    fragments: [any ByteSource] = [], members: (any CollectionMembers)? = nil
  ) -> VerificationReport {
    let now = instant ?? Int64(time(nil))
    var report = VerificationReport(fileName: name, validatedAt: now)
    do throws(ContainerError) {
      let format = try AssetFormat.detect(in: asset)
      report.format = format.name
      var embedded: EmbeddedStore?
      var found: EmbeddedStore?
      do throws(ContainerError) {
        embedded = try EmbeddedStore.locate(in: asset, format: format)
        found = embedded
      } catch .unsupported(let name) where sidecar == nil {
        report.close(
          .noManifest,
          Finding(
            .notSupported, at: "",
            "Files of this kind (\(name)) cannot be read here yet: whether it carries Content "
              + "Credentials is not known."))
        return report
      } catch .unsupported {
        // Only the carrier is unknown; a sidecar's hash may still cover the whole file.
      }
      if found == nil, let sidecar {
        found = try EmbeddedStore.locate(in: sidecar, format: .manifestStore)
      }
      if embedded == nil {
        report.remoteManifest = ProvenanceLink.address(in: asset, format: format)
      }
      guard let found else {
        report.close(
          .noManifest,
          report.remoteManifest.map {
            Finding(
              .manifestInaccessible, at: "",
              "The file carries no Content Credentials itself. Its metadata says that they are at "
                + "\($0), and nothing was fetched: download them and give them with --sidecar.")
          })
        return report
      }
      report.isDetached = embedded == nil && format != .manifestStore
      let content = ContentCheck(
        asset: asset, format: format, embedded: embedded, fragments: fragments, members: members)
      validate(found, content, now, &report)
    } catch {
      report.close(
        .invalid,
        Finding(
          .manifestInaccessibleMalformed, at: "",
          "The file or its manifest store cannot be followed: \(error)."))
    }
    return report
  }

  /// Judges a manifest store by itself: one that was found again for a copy of the file it was made
  /// for. All but the binding to the content is checked, which a copy breaks (C2PA soft binding API,
  /// section 1.2: a recovered manifest is validated apart from its hard binding).
  public func verify(recovered store: [UInt8], name: String? = nil) -> VerificationReport {
    let now = instant ?? Int64(time(nil))
    var report = VerificationReport(fileName: name, validatedAt: now)
    report.isRecovered = true
    do throws(ContainerError) {
      guard let found = try EmbeddedStore.locate(in: store, format: .manifestStore) else {
        report.close(.noManifest, nil)
        return report
      }
      validate(found, nil, now, &report)
    } catch {
      report.close(
        .invalid,
        Finding(
          .manifestInaccessibleMalformed, at: "",
          "The recovered manifest store cannot be followed: \(error)."))
    }
    return report
  }

  /// - Parameter content: nil leaves the content out.
  private func validate(
    _ embedded: EmbeddedStore, _ content: ContentCheck?, _ now: Int64,
    _ report: inout VerificationReport
  ) {
    let store: ManifestStore
    do throws(ManifestStoreError) {
      store = try ManifestStore(embedded)
    } catch {
      let code: StatusCode =
        switch error {
        case .malformed: .manifestInaccessibleMalformed
        case .tooManyManifests: .budgetExceeded
        }
      report.close(.invalid, Finding(code, at: "", "Content Credentials are there, but \(error)."))
      return
    }
    for anomaly in embedded.anomalies {
      report.findings.append(Finding(.carrierIrregular, at: "", anomaly.sentence))
    }
    let session = ValidationSession(store: store, trust: trust, now: now)
    var validator = ManifestValidator(session)
    let reachable = validator.reachable()
    report.activeManifest = store.active.label
    var chain: Set<String> = []
    for (index, manifest) in reachable.enumerated() {
      let result = validator.validate(manifest)
      let position = store.manifests.lastIndex { $0.label == manifest.label } ?? 0
      report.manifests.append(ManifestReport(result, position: position))
      if index == 0 {
        report.findings += result.findings
        report.trustSource = result.signer?.trustSource
        guard let active = result.test, let content else { continue }
        let binding = ContentCheck.bindingManifest(
          from: active, open: { validator.open($0).test }, session)
        if let binding, binding.label != active.label {
          chain = ancestors(active, validator, session)
        }
        report.findings += content.run(binding, active: active, session)
      } else {
        // What an update stands on is the asset itself: nothing about it is excused.
        report.ingredientFindings +=
          chain.contains(manifest.label) ? result.findings : validator.news(in: result)
      }
    }
    report.findings += StoreCheck.run(store, except: Set(reachable.map(\.label)))
    report.conclude()
  }

  /// The manifests between an update and the one whose binding counts, that one included.
  private func ancestors(
    _ active: ManifestUnderTest, _ validator: ManifestValidator, _ session: ValidationSession
  ) -> Set<String> {
    var validator = validator
    var labels: Set<String> = []
    _ = ContentCheck.bindingManifest(
      from: active,
      open: { manifest in
        labels.insert(manifest.label)
        return validator.open(manifest).test
      }, session)
    return labels
  }
}

extension EmbeddedStore.Anomaly {
  fileprivate var sentence: String {
    switch self {
    case .wrongChecksum: "The chunk that holds the manifest store has a wrong checksum."
    case .packetsOutOfSequence:
      "The packets that hold the manifest store are not numbered in order."
    case .packetsNotContiguous: "Foreign data stands between the packets of the manifest store."
    }
  }
}
