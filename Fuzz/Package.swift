// swift-tools-version: 6.2
import PackageDescription

// Fuzzing of everything that parses untrusted bytes. A package of its own, so that the commands are
// built without it; it sees the parsers' sources through the link `Library`. See Scripts/fuzz.

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

func fuzzer(_ subject: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: "fuzz-\(subject)", dependencies: dependencies, swiftSettings: house)
}

let package = Package(
  name: "assay-fuzz",
  targets: [
    .systemLibrary(name: "COpenSSL", path: "Library/COpenSSL", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CJansson", path: "Library/CJansson", pkgConfig: "jansson"),
    .systemLibrary(name: "CBrotli", path: "Library/CBrotli", pkgConfig: "libbrotlidec"),
    .target(name: "COnnxRuntime", path: "Library/COnnxRuntime"),
    library("Brotli", ["CBrotli"]),
    library("Bytes"),
    library("Pixels"),
    library("Evidence", ["Bytes"]),
    library("StrictJSON", ["CJansson", "Bytes"]),
    library("PKI", ["COpenSSL", "Bytes"]),
    library("CBOR", ["Bytes"]),
    library("JUMBF", ["Bytes"]),
    library("COSE", ["Bytes", "CBOR", "PKI"]),
    library("Containers", ["Bytes"]),
    library("MerkleLog", ["Bytes", "PKI"]),
    library(
      "C2PA", ["Brotli", "Bytes", "PKI", "CBOR", "JUMBF", "COSE", "Containers", "StrictJSON"]),
    library(
      "Classifiers", ["Bytes", "Evidence", "Pixels", "StrictJSON", "PKI", "COnnxRuntime"]),

    fuzzer("cbor", ["CBOR"]),
    fuzzer("jumbf", ["JUMBF"]),
    fuzzer("cose", ["COSE", "PKI"]),
    fuzzer("tlog", ["MerkleLog"]),
    fuzzer("text", ["Classifiers"]),
    fuzzer("containers", ["Bytes", "Containers"]),
    fuzzer("verifier", ["Bytes", "C2PA"]),
    // Writes the files that fuzzing starts from.
    .executableTarget(
      name: "fuzz-seeds",
      dependencies: ["Bytes", "C2PA", "CBOR", "Containers", "JUMBF", "PKI"], swiftSettings: house),
  ]
)
