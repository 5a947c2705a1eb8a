import Evidence
import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct TenantProfilesTests {
  private func profiles(_ text: String) throws -> TenantProfiles {
    try TenantProfiles(json: try JSONValue.parse(text))
  }

  private static let text = """
    {"studio": {"policies": ["ads"], "consents": ["covers_marks"], "may_claim": ["age_band", "consents"]},
     "studio.kids": {"policies": ["minors"], "age_band": "13_17"},
     "school": {"age_band": "under_13"}}
    """

  @Test func nobodyIsSpecialByDefault() throws {
    let subject = try TenantProfiles().subject(
      tenant: "a", endUser: "u", fields: ["metadata[age_band]": "adult"])
    #expect(subject == Subject(tenant: "a", endUser: "u"))
    #expect(TenantProfiles().claims(of: "a").isEmpty && TenantProfiles().layers.isEmpty)
  }

  @Test func aKeyStatesWhatItMayClaim() throws {
    let all = try profiles(Self.text)
    let fields = ["metadata[age_band]": "adult", "metadata[consents]": "covers_likeness, x"]
    let studio = try all.subject(tenant: "studio", endUser: nil, fields: fields)
    #expect(studio.ageBand == .adult)
    #expect(studio.consents == ["covers_marks", "covers_likeness", "x"])
    #expect(all.claims(of: "studio") == ["metadata[age_band]", "metadata[consents]"])
    let school = try all.subject(tenant: "school", endUser: nil, fields: fields)
    #expect(school.ageBand == .under13 && school.consents.isEmpty)
  }

  @Test func aKeyBelowATenantInheritsAndNobodyIsMadeOlder() throws {
    let all = try profiles(Self.text)
    #expect(all.layers == ["studio": ["ads"], "studio.kids": ["minors"]])
    let kid = try all.subject(
      tenant: "studio.kids", endUser: nil, fields: ["metadata[age_band]": "adult"])
    #expect(kid.ageBand == .from13To17 && kid.consents == ["covers_marks"])
    let younger = try all.subject(
      tenant: "studio.kids", endUser: nil, fields: ["metadata[age_band]": "under_13"])
    #expect(younger.ageBand == .under13)
  }

  @Test func aClaimThatIsNoneIsRefused() throws {
    let all = try profiles(Self.text)
    let error = #expect(throws: APIError.self) {
      _ = try all.subject(tenant: "studio", endUser: nil, fields: ["metadata[age_band]": "12"])
    }
    #expect(error?.status.code == 400 && error?.parameter == "metadata[age_band]")
  }

  @Test(arguments: [
    (#"[]"#, "object"), (#"{"a": 1}"#, "'a'"), (#"{"a": {"age": 1}}"#, "'age'"),
    (#"{"a": {"age_band": "old"}}"#, "none of"), (#"{"a": {"may_claim": ["all"]}}"#, "may claim"),
    (#"{"a": {"policies": "x"}}"#, "list"), (#"{"a": {"consents": ["a b"]}}"#, "no name"),
  ])
  func mistakesAreNamed(text: String, word: String) {
    let error = #expect(throws: TenantProfiles.Failure.self) { _ = try profiles(text) }
    #expect(error?.sentence.contains(word) == true, "\(error?.sentence ?? "")")
  }

  @Test func theConfigurationReadsTheirObject() throws {
    let configuration = try GatewayConfiguration.load(
      file: "none.json",
      environment: ["ASSAY_TENANTS": Self.text, "ASSAY_POLICY_LAYERS": "default, minors"])
    #expect(configuration.policyLayers == ["default", "minors"])
    #expect(configuration.tenants.layers.count == 2)
  }
}
