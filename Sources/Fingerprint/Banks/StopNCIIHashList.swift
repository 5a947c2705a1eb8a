import StrictJSON

/// StopNCII's pages: hash records whose status says whether they are to be looked for.
enum StopNCIIHashList {
  static func page(_ json: JSONValue) throws(KnownMediaFailure) -> KnownMediaPage {
    guard let records = json["hashRecords"]?.array else {
      throw KnownMediaFailure(format: "stopncii", reason: "there are no hashRecords")
    }
    var page = KnownMediaPage()
    for record in records {
      guard let value = record["hashValue"]?.string, let kind = record["signalType"]?.string,
        let status = record["hashStatus"]?.string
      else {
        throw KnownMediaFailure(
          format: "stopncii", reason: "a record lacks hashValue, signalType or hashStatus")
      }
      var hashes: [KnownHash] = []
      switch status {
      case "Active", "Received": page.take(kind, value, into: &hashes)
      case "Withdrawn", "Deleted": break
      default:
        throw KnownMediaFailure(format: "stopncii", reason: "the status \(status) is not known")
      }
      if hashes.isEmpty, status == "Active" || status == "Received" { continue }
      let tags = (record["CSPFeedbacks"]?.array ?? []).flatMap { $0["tags"]?.array ?? [] }
      page.updates.append(
        KnownMediaUpdate(
          id: "stopncii/\(kind)/\(value.lowercased())", hashes: hashes,
          label: tags.lazy.compactMap(\.string).first))
    }
    if json["hasMoreRecords"]?.bool == true { page.next = json["nextPageToken"]?.string }
    return page
  }
}

/// ThreatExchange's indicators and their updates (GIFCT's database among them).
enum ThreatExchangeHashList {
  static func page(_ json: JSONValue) throws(KnownMediaFailure) -> KnownMediaPage {
    guard let rows = json["data"]?.array else {
      throw KnownMediaFailure(format: "threatexchange", reason: "there is no data")
    }
    var page = KnownMediaPage()
    for row in rows {
      guard let id = row["id"]?.string, let kind = row["type"]?.string else {
        throw KnownMediaFailure(format: "threatexchange", reason: "a row lacks id or type")
      }
      var hashes: [KnownHash] = []
      if row["should_delete"]?.bool != true {
        guard let value = row["indicator"]?.string else {
          throw KnownMediaFailure(format: "threatexchange", reason: "a row lacks its indicator")
        }
        page.take(kind, value, into: &hashes)
        guard !hashes.isEmpty else { continue }
      }
      let tags = row["tags"]?.array ?? row["tags"]?["data"]?.array ?? []
      page.updates.append(
        KnownMediaUpdate(
          id: "threatexchange/\(id)", hashes: hashes,
          label: tags.lazy.compactMap { $0.string ?? $0["text"]?.string }.first))
    }
    page.next = json["paging"]?["next"]?.string
    return page
  }
}
