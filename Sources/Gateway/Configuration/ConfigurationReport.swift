import Labels
import Logging
import Moderation
import Policy
import RemoteChecks

extension GatewayConfiguration {
  /// Every field with its value, one a line; secrets only as set or not.
  public var lines: [String] {
    Field.allCases.map { field in
      let name = field.rawValue.padded(to: 22)
      return "\(name)\(shown(field))"
    }
  }

  /// Opens what can be opened without writing: policies, keys, TLS.
  ///
  /// - Throws: what would keep `serve` from starting.
  public func check() async throws(StartupError) {
    do {
      _ = try PolicySet.load(directory: policies)
    } catch {
      throw StartupError(.cannotRead, "The policies in \(policies) cannot be used:\n\(error)")
    }
    _ = try GatewayServer.transport(self)
    try KeyFolder(path: keys).checkSigner()
    if case .recording = disclosure {
      _ = try await GatewayServer.disclosureWords(self, try GatewayServer.findMedia(self))
    }
  }

  private func shown(_ field: Field) -> String {
    func secret(_ isSet: Bool) -> String { isSet ? "(set)" : "(not set)" }
    switch field {
    case .host: return host
    case .port: return String(port)
    case .data: return data
    case .keys: return keys
    case .policies: return policies
    case .models: return models
    case .apiKeys: return secret(!apiKeys.isEmpty)
    case .core:
      switch core {
      case .builtIn: return "builtin"
      case .upstream(let base): return base
      case .foreign(let dialect, let base): return "\(dialect.rawValue)+\(base)"
      }
    case .auditorKeys: return secret(!auditorKeys.isEmpty)
    case .witnesses: return witnesses ?? "(none)"
    case .logFormat: return logFormat.rawValue
    case .logLevel: return logLevel.rawValue
    case .coreKey: return secret(coreKey != nil)
    case .coreName: return coreName
    case .coreModel: return coreModel ?? "(none)"
    case .coreWorkflow: return coreWorkflow ?? "(workflow.json)"
    case .coreVersion: return coreVersion
    case .coreSourceType: return coreSourceType.rawValue
    case .knownMedia:
      return knownMedia.isEmpty ? "(none)" : knownMedia.names.joined(separator: ", ")
    case .labels:
      let names = labels.fields.map(\.rawValue).sorted()
      return names.isEmpty ? "none" : names.joined(separator: ",")
    case .labelProducer: return labels.producer.isEmpty ? "(none)" : labels.producer
    case .media: return media.isEmpty ? "(beside assay)" : media
    case .concurrency: return String(concurrency)
    case .logOrigin: return logOrigin ?? "(as the key folder says)"
    case .requestsPerMinute: return String(requestsPerMinute)
    case .concurrentRequests: return String(concurrentRequests)
    case .waitingJobs: return String(waitingJobs)
    case .privateWebhooks: return String(privateWebhooks)
    case .verifyURLs: return String(verifyURLs)
    case .twoPersonRelease: return String(twoPersonRelease)
    case .soundMark: return String(soundMark)
    case .disclosureText:
      if case .text(let text) = disclosure { return text } else { return "(none)" }
    case .disclosureRecording:
      if case .recording(let path) = disclosure { return path } else { return "(none)" }
    case .strikesWarning: return String(strikesWarning)
    case .strikesDeactivation: return String(strikesDeactivation)
    case .connections: return String(connections)
    case .idleSeconds: return String(idleSeconds)
    case .timeStampAuthority: return timeStampAuthority ?? "(none)"
    case .policyLayers: return policyLayers.joined(separator: ", ")
    case .tenants: return tenants == TenantProfiles() ? "(none)" : "(set)"
    case .remoteChecks:
      return remoteChecks.names.isEmpty ? "(none)" : remoteChecks.names.joined(separator: ", ")
    case .tlsCertificate: return tlsCertificate ?? "(none: plain HTTP)"
    case .tlsKey: return secret(tlsKey != nil)
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
