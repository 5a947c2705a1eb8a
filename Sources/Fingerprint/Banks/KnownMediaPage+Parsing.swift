import StrictJSON

extension KnownMediaPage {
  /// 256 MB: a page of NCMEC's has some thousand entries, a whole list as text some millions.
  public static let byteLimit = 256 << 20

  /// Reads a page of any form that is known, by what it begins with: XML is NCMEC's, JSON StopNCII's
  /// or ThreatExchange's or a clip's vPDQ hashes, and all else one hash a line.
  public init(parsing bytes: [UInt8]) throws(KnownMediaFailure) {
    let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    switch first {
    case UInt8(ascii: "<"): self = try NCMECHashList.page(bytes)
    case UInt8(ascii: "{"):
      let json: JSONValue
      do { json = try JSONValue.parse(bytes, byteLimit: Self.byteLimit) } catch {
        throw KnownMediaFailure(format: "json", reason: error.description)
      }
      self =
        if json["hashRecords"] != nil {
          try StopNCIIHashList.page(json)
        } else if json["vpdq"] != nil {
          try VideoHashList.page(json)
        } else {
          try ThreatExchangeHashList.page(json)
        }
    default:
      self.init()
      do throws(HashList.Failure) {
        updates = try HashList(parsing: String(decoding: bytes, as: UTF8.self)).entries.map {
          KnownMediaUpdate(
            id: $0.id ?? $0.hash.line.replacing(" ", with: "/"), hashes: [$0.hash],
            label: $0.label)
        }
      } catch { throw KnownMediaFailure(format: "text", reason: error.description) }
    }
  }
}
