import Bytes
import Evidence
import StrictJSON
import TestKit
import Testing

@testable import Policy

/// The schema that editors read names what the parser accepts.
@Suite struct PolicySchemaTests {
  private let schema: JSONValue

  init() throws {
    schema = try JSONValue.parse(
      try FileByteSource.contents(of: TestKit.packageRoot + "/Policies/policy.schema.json"))
  }

  private func members(_ path: String...) -> Set<String> {
    Set(at(path)?.members?.map(\.name) ?? [])
  }

  private func words(_ path: String...) -> Set<String> {
    Set(at(path)?.array?.compactMap(\.string) ?? [])
  }

  private func at(_ path: [String]) -> JSONValue? {
    path.reduce(schema as JSONValue?) { $0?[$1] }
  }

  @Test func membersAreThoseOfTheParser() {
    #expect(members("properties") == Set(DiagnosticCollector.documentMembers))
    #expect(members("$defs", "rule", "properties") == Set(DiagnosticCollector.ruleMembers))
  }

  @Test func wordsAreThoseOfTheParser() {
    #expect(words("$defs", "evidence", "enum") == Set(EvidenceItem.Kind.allCases.map(\.rawValue)))
    #expect(words("$defs", "age", "enum") == Set(Subject.AgeBand.allCases.map(\.rawValue)))
    #expect(
      words("$defs", "rule", "properties", "then", "enum")
        == Set(Outcome.allCases.map(\.rawValue)).subtracting(["allow"]))
    #expect(
      words("$defs", "check", "properties", "on_error", "enum")
        == Set(Check.OnError.allCases.map(\.rawValue)))
    #expect(
      words("$defs", "rule", "properties", "mode", "enum")
        == Set(Rule.Mode.allCases.map(\.rawValue)))
    #expect(
      words("$defs", "marking", "properties", "visible", "enum")
        == Set(Marking.Mode.allCases.map(\.rawValue)))
    #expect(
      words("$defs", "marking", "properties", "audible", "enum")
        == Set(Marking.Audible.allCases.map(\.rawValue)))
  }

  @Test func limitsAreThoseOfTheParser() {
    #expect(at(["properties", "rules", "maxItems"])?.integer == PolicyDocument.ruleLimit)
    #expect(
      at(["$defs", "check", "properties", "timeout_ms", "maximum"])?.integer
        == DiagnosticCollector.timeoutLimit)
  }
}
