// swift-tools-version: 6.2
import PackageDescription

// How long the policy takes. A package of its own, so that the commands are built without it; it
// sees the sources through the link `Library`. See Benchmarks/Policy/run.

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Library/\(name)", swiftSettings: house)
}

let package = Package(
  name: "assay-policy-bench",
  targets: [
    .systemLibrary(name: "COpenSSL", path: "Library/COpenSSL", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CJansson", path: "Library/CJansson", pkgConfig: "jansson"),
    library("Bytes"),
    library("StrictJSON", ["CJansson", "Bytes"]),
    library("PKI", ["COpenSSL", "Bytes"]),
    library("Evidence", ["Bytes"]),
    library("Policy", ["Bytes", "Evidence", "StrictJSON", "PKI"]),
    .executableTarget(
      name: "policy-bench", dependencies: ["Evidence", "Policy"], swiftSettings: house),
  ]
)
