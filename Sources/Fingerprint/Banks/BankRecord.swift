/// A known piece of media as the files of a bank hold it: in a segment, and in the log of what came
/// after it.
///
///     u32  bytes of the body
///     u32  FNV-1a of the body
///     body: text id, text label (a length of 0xFFFFFFFF: none), u16 hashes, each u8 kind, text value
///     text: u32 bytes, then UTF-8; a hash's value is its bytes, or the text of a TMK
///
/// All numbers are little-endian. A record without hashes takes its id back.
enum BankRecord {
  static let headerCount = 8
  private static let none = UInt32.max
  /// A TMK is 256 kB in hexadecimal; a whole record stays far below this.
  static let byteLimit = 4 << 20

  static func encoded(_ update: KnownMediaUpdate) -> [UInt8] {
    var body: [UInt8] = []
    append(Array(update.id.utf8), to: &body)
    if let label = update.label {
      append(Array(label.utf8), to: &body)
    } else {
      append(none, to: &body)
    }
    body += [UInt8(truncatingIfNeeded: update.hashes.count)]
    body += [UInt8(truncatingIfNeeded: update.hashes.count >> 8)]
    for hash in update.hashes {
      body.append(hash.kind.rawValue)
      append(hash.value, to: &body)
    }
    var record: [UInt8] = []
    record.reserveCapacity(headerCount + body.count)
    append(UInt32(body.count), to: &record)
    append(checksum(body), to: &record)
    return record + body
  }

  /// The record that begins at `offset`, and where the next one does; nil where there is no whole one.
  static func decoded(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) -> (update: KnownMediaUpdate, next: Int)? {
    guard let count = number(bytes, offset), let sum = number(bytes, offset + 4),
      count <= byteLimit, offset + headerCount + Int(count) <= bytes.count
    else { return nil }
    let body = UnsafeRawBufferPointer(
      rebasing: bytes[offset + headerCount..<offset + headerCount + Int(count)])
    guard checksum(body) == sum else { return nil }
    var place = 0
    guard let id = text(body, &place) else { return nil }
    var label: String?
    if number(body, place) == none {
      place += 4
    } else {
      guard let given = text(body, &place) else { return nil }
      label = given
    }
    guard place + 2 <= body.count else { return nil }
    let hashCount = Int(body[place]) | Int(body[place + 1]) << 8
    place += 2
    var hashes: [KnownHash] = []
    for _ in 0..<hashCount {
      guard place < body.count, let kind = KnownHash.Kind(rawValue: body[place]) else { return nil }
      place += 1
      guard let value = field(body, &place), let hash = KnownHash(kind: kind, value: Array(value))
      else { return nil }
      hashes.append(hash)
    }
    guard place == body.count else { return nil }
    return (
      KnownMediaUpdate(id: id, hashes: hashes, label: label), offset + headerCount + body.count
    )
  }

  /// The bytes of the id of the record at `offset`, without reading the rest.
  static func id(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Slice<UnsafeRawBufferPointer>?
  {
    var place = offset + headerCount
    return field(bytes, &place)
  }

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(shift)))
    }
  }

  private static func append(_ field: [UInt8], to bytes: inout [UInt8]) {
    append(UInt32(field.count), to: &bytes)
    bytes += field
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32? {
    guard offset >= 0, offset + 4 <= bytes.count else { return nil }
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private static func field(
    _ bytes: UnsafeRawBufferPointer, _ place: inout Int
  ) -> Slice<UnsafeRawBufferPointer>? {
    guard let count = number(bytes, place), place + 4 + Int(count) <= bytes.count else {
      return nil
    }
    let start = place + 4
    place = start + Int(count)
    return bytes[start..<place]
  }

  private static func text(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) -> String? {
    field(bytes, &place).flatMap { String(validating: $0, as: UTF8.self) }
  }

  private static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }
}
