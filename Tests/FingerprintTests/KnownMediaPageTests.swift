import Fingerprint
import Testing

@Suite struct KnownMediaPageTests {
  static let first = String(repeating: "0f", count: 32)
  static let second = String(repeating: "a5", count: 32)
  private static let digest = "d41d8cd98f00b204e9800998ecf8427e"

  private func page(_ text: String) throws -> KnownMediaPage {
    try KnownMediaPage(parsing: Array(text.utf8))
  }

  @Test func ncmecPage() throws {
    let page = try page(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">
        <images count="2">
          <image>
            <member id="42">A member</member><timestamp>2026-10-01T00:00:00Z</timestamp>
            <id>image1</id><classification>A1</classification>
            <fingerprints><md5>\(Self.digest)</md5><pdq>\(Self.first)</pdq><pdna>AAAA</pdna></fingerprints>
            <feedback/>
          </image>
          <deletedImage><member id="42">A member</member><id>image0</id></deletedImage>
        </images>
        <videos count="1">
          <video><member id="7"/><id>v</id>
          <fingerprints><tmk_pdqf>VE1L</tmk_pdqf></fingerprints></video>
        </videos>
        <paging><next>/v2/entries?from=2</next></paging>
      </queryResult>
      """)
    #expect(
      page.updates.map(\.id) == ["ncmec/42/image1", "ncmec/42/image0", "ncmec/7/v"])
    #expect(page.updates[0].hashes.map(\.line) == ["md5 \(Self.digest)", "pdq \(Self.first)"])
    #expect(page.updates[0].label == "A1")
    #expect(page.updates.map(\.isRemoval) == [false, true, false])
    #expect(page.passedOver == ["pdna": 1])
    #expect(page.next == "/v2/entries?from=2")
  }

  @Test func stopNCIIPage() throws {
    let page = try page(
      """
      {"count": 3, "hasMoreRecords": true, "nextPageToken": "t2", "nextSetTimestamp": 1, "hashRecords": [
        {"lastModtimestamp": 1, "hashValue": "\(Self.first)", "hashStatus": "Active",
         "caseNumbers": {"a": 1}, "signalType": "ImagePDQ",
         "CSPFeedbacks": [{"source": "x", "feedbackValue": "Blocked", "tags": ["nude"]}]},
        {"lastModtimestamp": 2, "hashValue": "\(Self.second)", "hashStatus": "Withdrawn",
         "signalType": "ImagePDQ"},
        {"lastModtimestamp": 3, "hashValue": "VE1L", "hashStatus": "Received", "signalType": "VideoTMK"}]}
      """)
    #expect(page.updates.map(\.isRemoval) == [false, true, false])
    #expect(page.updates[0].label == "nude")
    #expect(page.next == "t2")
  }

  @Test func threatExchangePage() throws {
    let page = try page(
      """
      {"data": [
        {"id": "1", "indicator": "\(Self.first)", "type": "HASH_PDQ", "tags": {"data": [{"text": "t"}]}},
        {"id": "2", "type": "HASH_MD5", "should_delete": true},
        {"id": "3", "indicator": "\(Self.digest)", "type": "HASH_VIDEO_MD5", "tags": ["u"]},
        {"id": "4", "indicator": "x", "type": "HASH_PHOTODNA"}],
       "paging": {"next": "https://example.com/next"}}
      """)
    #expect(page.updates.map(\.id) == (1...3).map { "threatexchange/\($0)" })
    #expect(page.updates.map(\.isRemoval) == [false, true, false])
    #expect(page.updates.map(\.label) == ["t", nil, "u"])
    #expect(page.passedOver == ["HASH_PHOTODNA": 1])
  }

  @Test func plainList() throws {
    let page = try page("hash,quality,label\n\(Self.first),90,x\n\(Self.second)\n")
    #expect(page.updates.map(\.label) == ["x", nil])
  }

  @Test(arguments: [
    "<!DOCTYPE x [<!ENTITY a \"b\">]><queryResult xmlns=\"https://hashsharing.ncmec.org/hashsharing/v2\"/>",
    "<queryResult xmlns=\"urn:other\"/>", "<other/>", "{\"a\": 1}", "{\"hashRecords\": [{}]}",
    "{\"data\": [{\"id\": \"1\"}]}", "{", "no hash",
    "{\"hashRecords\": [{\"hashValue\": \"x\", \"signalType\": \"ImagePDQ\", \"hashStatus\": \"New\"}]}",
  ])
  func pageWithHolesIsRefused(text: String) {
    #expect(throws: KnownMediaFailure.self) { try page(text) }
  }

  @Test func clipsOwnFingerprintIsAList() throws {
    let (one, two) = (String(repeating: "0f", count: 32), String(repeating: "a5", count: 32))
    let text =
      #"{"file":"a.mp4","vpdq":["\#(one),90,0.000","\#(two),10,1.000","\#(one),80,2.000"]}"#
    let page = try KnownMediaPage(parsing: Array(text.utf8))
    #expect(page.updates.map(\.id) == ["vpdq/a.mp4"])
    #expect(page.updates[0].hashes.map(\.line) == ["pdq \(one)"])
  }
}
