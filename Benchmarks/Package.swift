// swift-tools-version: 6.2
import PackageDescription

// Measures the C2PA library in process, beside the reference library. A package of its own, so that
// the commands are built without it; it sees the library's sources through the link `Library`. See
// Benchmarks/c2pa.

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
  name: "assay-benchmarks",
  targets: [
    .systemLibrary(name: "COpenSSL", path: "Library/COpenSSL", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CJansson", path: "Library/CJansson", pkgConfig: "jansson"),
    .systemLibrary(name: "CBrotli", path: "Library/CBrotli", pkgConfig: "libbrotlidec"),
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
    .executableTarget(
      name: "c2pa-bench", dependencies: ["Bytes", "C2PA", "PKI"], swiftSettings: house),
  ]
)
