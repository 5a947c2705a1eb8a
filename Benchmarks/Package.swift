// swift-tools-version: 6.2
import PackageDescription

// Measurements in process. A package of its own, so that the commands are built without it; it sees
// the sources through the link `Library`. Each executable has a script that builds and starts it:
// Benchmarks/c2pa, Benchmarks/fingerprint, Benchmarks/policy, Benchmarks/audit-log,
// Benchmarks/reverse-search, Benchmarks/frames.

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

func bench(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
  name: "assay-benchmarks",
  dependencies: [.package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")],
  targets: [
    .systemLibrary(name: "COpenSSL", path: "Library/COpenSSL", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CJansson", path: "Library/CJansson", pkgConfig: "jansson"),
    .systemLibrary(name: "CBrotli", path: "Library/CBrotli", pkgConfig: "libbrotlidec"),
    .target(name: "COnnxRuntime", path: "Library/COnnxRuntime"),
    library("Brotli", ["CBrotli"]),
    library("Bytes"),
    library("StrictJSON", ["CJansson", "Bytes"]),
    library("PKI", ["COpenSSL", "Bytes"]),
    library("CBOR", ["Bytes"]),
    library("JUMBF", ["Bytes"]),
    library("COSE", ["Bytes", "CBOR", "PKI"]),
    library("Containers", ["Bytes"]),
    library(
      "C2PA", ["Brotli", "Bytes", "PKI", "CBOR", "JUMBF", "COSE", "Containers", "StrictJSON"]),
    library("Evidence", ["Bytes"]),
    library("Pixels"),
    library("Classifiers", ["Bytes", "Evidence", "Pixels", "StrictJSON", "PKI", "COnnxRuntime"]),
    library("StrictXML", ["Bytes"]),
    library("Fingerprint", ["Bytes", "Pixels", "StrictJSON", "StrictXML"]),
    library("Watermark", ["Pixels"]),
    library("MediaJobs", ["Bytes", "Pixels", "StrictJSON"]),
    library("MediaClient", ["Bytes", "MediaJobs", "Pixels"]),
    library(
      "Provenance",
      [
        "Bytes", "C2PA", "Fingerprint", "MediaClient", "MediaJobs", "PKI", "Pixels", "StrictJSON",
        "Watermark",
      ]),
    library("OutputStore", ["Fingerprint", "Provenance", "Watermark", grdb]),
    library("Policy", ["Bytes", "Evidence", "StrictJSON", "PKI"]),
    library("MerkleLog", ["Bytes", "PKI"]),
    library("AuditStore", ["Bytes", "Evidence", "MerkleLog", "PKI", "StrictJSON", grdb]),
    bench("frame-bench", ["Classifiers", "Pixels"]),
    bench("fingerprint-bench", ["Fingerprint", "Pixels"]),
    bench("c2pa-bench", ["Bytes", "C2PA", "PKI"]),
    bench("policy-bench", ["Evidence", "Policy"]),
    bench(
      "search-bench", ["Fingerprint", "MediaClient", "MediaJobs", "OutputStore", "Provenance"]),
    bench("log-bench", ["AuditStore", "Evidence", "MerkleLog", "PKI", "Policy", grdb]),
  ]
)
