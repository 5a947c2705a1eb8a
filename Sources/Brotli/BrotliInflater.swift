import CBrotli

/// Why a Brotli stream was not inflated.
public enum BrotliError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No Brotli stream, a damaged or unfinished one, or one with bytes behind its end.
  case malformed
  /// It inflates to more than `limit` bytes.
  case overBudget(limit: Int)

  public var code: String {
    switch self {
    case .malformed: "brotli.malformed"
    case .overBudget: "brotli.over_budget"
    }
  }

  public var description: String {
    switch self {
    case .malformed: "the Brotli stream is damaged or not whole"
    case .overBudget(let limit): "the Brotli stream inflates to more than \(limit) bytes"
    }
  }
}

/// RFC 7932 decompression of untrusted streams, in bounded memory.
public enum BrotliInflater {
  /// Bytes out for each byte in. Certificates and hashes do not compress: a manifest shrinks to a
  /// half or a third, and one that is nearly all padding to a hundredth.
  public static let ratioLimit = 1000
  /// Below this the ratio is not asked for: a stream of few bytes says little about itself.
  public static let ratioFloor = 64 << 10
  /// Bytes inflated at a time, so that a small stream costs little memory whatever it claims.
  private static let window = 64 << 10

  /// The content of the one stream that fills `stream`.
  ///
  /// - Parameter byteLimit: the most bytes wanted out.
  public static func inflate(
    _ stream: [UInt8], byteLimit: Int
  ) throws(BrotliError) -> [UInt8] {
    let byRatio = stream.count.multipliedReportingOverflow(by: ratioLimit)
    let limit = min(byteLimit, max(ratioFloor, byRatio.overflow ? Int.max : byRatio.partialValue))
    guard let decoder = BrotliDecoderCreateInstance(nil, nil, nil) else { throw .malformed }
    defer { BrotliDecoderDestroyInstance(decoder) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: window)
    var left = stream.count
    while true {
      var room = buffer.count
      let result = stream.withUnsafeBufferPointer { input in
        buffer.withUnsafeMutableBufferPointer { output in
          var next = input.baseAddress.map { $0 + (input.count - left) }
          var free = output.baseAddress
          return BrotliDecoderDecompressStream(decoder, &left, &next, &room, &free, nil)
        }
      }
      content += buffer[..<(buffer.count - room)]
      guard content.count <= limit else { throw .overBudget(limit: limit) }
      if result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT { continue }
      guard result == BROTLI_DECODER_RESULT_SUCCESS, left == 0 else { throw .malformed }
      return content
    }
  }
}
