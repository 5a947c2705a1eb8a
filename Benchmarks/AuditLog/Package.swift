// swift-tools-version: 6.2
import PackageDescription

// Measures the audit log. A package of its own, so that the commands are built without it; it sees
// the library through the link `Library`. See Benchmarks/audit-log.

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Library/\(name)", swiftSettings: house)
}

let package = Package(
  name: "assay-audit-log-benchmark",
  dependencies: [.package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")],
  targets: [
    .systemLibrary(name: "COpenSSL", path: "Library/COpenSSL", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CJansson", path: "Library/CJansson", pkgConfig: "jansson"),
    library("Bytes"),
    library("StrictJSON", ["CJansson", "Bytes"]),
    library("PKI", ["COpenSSL", "Bytes"]),
    library("MerkleLog", ["Bytes", "PKI"]),
    library("Evidence", ["Bytes"]),
    library("AuditStore", ["Bytes", "Evidence", "MerkleLog", "PKI", "StrictJSON", grdb]),
    .executableTarget(
      name: "log-bench", dependencies: ["AuditStore", "Evidence", "MerkleLog", "PKI", grdb],
      swiftSettings: house),
  ]
)
