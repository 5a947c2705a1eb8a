import Bytes
import C2PA
import Glibc
import PKI

/// `c2pa-bench verify FILE ROOT.pem COUNT` and `c2pa-bench sign IN OUT KEY CHAIN COUNT PIECES CHECK`:
/// the seconds of each of COUNT runs in this process, the processor seconds of one with the start of
/// the process shared out, and the peak memory, as a line of JSON. PIECES
/// is `auto` or `never`; CHECK is `yes` or `no` and says whether what was signed is read back.
@main struct Bench {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().map { $0 }
    switch arguments.first {
    case "verify" where arguments.count == 4: try verify(arguments)
    case "sign" where arguments.count == 8: try sign(arguments)
    default:
      print("usage: see Benchmarks/c2pa")
      exit(64)
    }
  }

  private static func verify(_ arguments: [String]) throws {
    let anchors = try Certificate.parsePEM(FileByteSource.contents(of: arguments[2]))
    let trust = TrustConfiguration(anchorSets: [.init(name: "own", anchors: anchors)])
    try measure(arguments[3]) {
      let report = try Verifier(trust: trust).verify(path: arguments[1])
      guard report.state == .trusted else { fatalError(report.reason) }
    }
  }

  private static func sign(_ arguments: [String]) throws {
    let signer = try PEMSigner(
      key: FileByteSource.contents(of: arguments[3]),
      chain: FileByteSource.contents(of: arguments[4]))
    var options = SigningOptions()
    options.pieces = arguments[6] == "never" ? .never : .automatic
    if arguments[7] == "no" { options.verifier = nil }
    let definition = ManifestDefinition(
      generator: GeneratorInfo(name: "c2pa-bench", version: "1"), title: "bench",
      actions: [
        ActionDefinition(
          "c2pa.created", digitalSourceType: DigitalSourceType.trainedAlgorithmicMedia)
      ])
    try measure(arguments[5]) {
      try ManifestSigner.sign(
        input: arguments[1], output: arguments[2], definition: definition, signer: signer,
        options: options)
    }
  }

  private static func measure(_ count: String, _ body: () throws -> Void) throws {
    let clock = ContinuousClock()
    var runs: [Double] = []
    for _ in 0..<(Int(count) ?? 1) {
      let time = try clock.measure { try body() }
      runs.append(time / .seconds(1))
    }
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    let processor = (seconds(usage.ru_utime) + seconds(usage.ru_stime)) / Double(runs.count)
    print(
      "{\"seconds\": \(runs), \"processor\": \(processor), "
        + "\"peak_mib\": \(Double(usage.ru_maxrss) / 1024)}")
  }
}
