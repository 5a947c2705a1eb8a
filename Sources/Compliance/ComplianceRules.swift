/// The rules, in the order in which they are reported. Their wording is ours; the citation says whose
/// they are.
extension ComplianceRule {
  public static let all: [ComplianceRule] = european + californian + chinese + others

  private static let european: [ComplianceRule] = [
    ComplianceRule(
      "EU-1", .eu, "Regulation (EU) 2024/1689 Art. 50(2)", .verified, since: "2026-08-02",
      "The output is marked as AI made in a machine-readable, detectable and robust way.",
      check: MarkingChecks.machineReadable),
    ComplianceRule(
      "EU-2", .eu, "Code of Practice 1.1.1", .verified, since: "2026-08-02",
      "Provenance metadata are signed and time-stamped.", check: MarkingChecks.stampedSignature),
    ComplianceRule(
      "EU-3", .eu, "Code of Practice 1.1.2", .verified, since: "2026-08-02",
      "A second, imperceptible layer is in the content itself.",
      check: { MarkingChecks.layer($0.watermark) }),
    ComplianceRule(
      "EU-4", .eu, "Code of Practice 1.1.3", .informative, since: "2026-08-02",
      "A fingerprint or log of outputs is kept (optional).",
      check: { _ in MarkingChecks.serviceOnly("the provider's own register holds it") }),
    ComplianceRule(
      "EU-5", .eu, "Code of Practice 1.2", .verified, since: "2026-08-02",
      "Marks that the input carried are kept.", check: MarkingChecks.kept),
    ComplianceRule(
      "EU-6", .eu, "Code of Practice 2", .secondary, since: "2027-02-02",
      "A detector is free for users and interoperable.",
      check: { _ in MarkingChecks.serviceOnly("ask the provider for its detector") }),
    ComplianceRule(
      "EU-7", .eu, "Regulation (EU) 2024/1689 Art. 50(4)-(5)", .secondary, since: "2026-08-02",
      "A deepfake is labelled for people, at the latest at first exposure.",
      check: MarkingChecks.explicit),
    ComplianceRule(
      "EU-8", .eu, "Code of Practice", .secondary, since: "2026-08-02",
      "Terms forbid taking marks off, and no tool for it is offered.",
      check: { _ in MarkingChecks.serviceOnly("read the provider's terms") }),
  ]

  private static let californian: [ComplianceRule] = [
    ComplianceRule(
      "CA-1", .ca, "BPC 22757.3(b)(1)(A)", .verified, since: "2026-08-02",
      "The latent disclosure names the provider.", check: MarkingChecks.provider),
    ComplianceRule(
      "CA-2", .ca, "BPC 22757.3(b)(1)(B)", .verified, since: "2026-08-02",
      "It names the system and its version.", check: MarkingChecks.system),
    ComplianceRule(
      "CA-3", .ca, "BPC 22757.3(b)(1)(C)", .verified, since: "2026-08-02",
      "It says when the content was made.", check: MarkingChecks.moment),
    ComplianceRule(
      "CA-4", .ca, "BPC 22757.3(b)(1)(D)", .verified, since: "2026-08-02",
      "It has a unique identifier.", check: MarkingChecks.identifier),
    ComplianceRule(
      "CA-5", .ca, "BPC 22757.3(b)(2)-(4)", .verified, since: "2026-08-02",
      "The provider's own tool detects it, and it is hard to remove.",
      check: { MarkingChecks.layer($0.watermark) }),
    ComplianceRule(
      "CA-6", .ca, "BPC 22757.3(a)", .informative, since: "2026-08-02",
      "The user has the option of a clear, conspicuous disclosure.",
      check: MarkingChecks.explicit),
    ComplianceRule(
      "CA-7", .ca, "BPC 22757.2", .informative, since: "2026-08-02",
      "A detection tool is free and public, and shows no personal data.",
      check: { _ in MarkingChecks.serviceOnly("ask the provider for its tool") }),
    ComplianceRule(
      "CA-8", .ca, "BPC 22757.3(c)", .secondary, since: "2026-08-02",
      "Licensees keep the ability to disclose.",
      check: { _ in MarkingChecks.serviceOnly("read the licence") }),
    ComplianceRule(
      "CA-9", .ca, "BPC 22757.3.1", .verified, since: "2027-01-01",
      "Platforms do not strip provenance data.", check: MarkingChecks.kept),
  ]

  private static let chinese: [ComplianceRule] = [
    ComplianceRule(
      "CN-1", .cn, "Measures Art. 5; TC260-PG-20257A to 202510A", .verified, since: "2025-09-01",
      "The file's metadata hold the implicit label AIGC.", check: MarkingChecks.labelPresent),
    ComplianceRule(
      "CN-2", .cn, "GB 45438-2025 annex E", .verified, since: "2025-09-01",
      "The label has its seven keys, as texts.", check: MarkingChecks.labelComplete),
    ComplianceRule(
      "CN-3", .cn, "Measures Art. 4; GB 45438-2025", .secondary, since: "2025-09-01",
      "An explicit label is in the picture or sound.", check: MarkingChecks.explicit),
    ComplianceRule(
      "CN-4", .cn, "Measures Art. 6", .verified, since: "2025-09-01",
      "Who passes content on adds itself to the label.", check: MarkingChecks.propagator),
    ComplianceRule(
      "CN-5", .cn, "Measures Art. 10", .verified, since: "2025-09-01",
      "Labels are not deleted, altered or forged.", check: MarkingChecks.labelIntact),
  ]

  private static let others: [ComplianceRule] = [
    ComplianceRule(
      "IN-1", .in, "IT Rules 3(3), G.S.R. 120(E)", .secondary, since: "2026-02-20",
      "A prominent label is in the content, with permanent metadata or a unique identifier.",
      check: { MarkingChecks.both(MarkingChecks.identifier($0), MarkingChecks.explicit($0)) }),
    ComplianceRule(
      "IN-2", .in, "IT Rules, G.S.R. 120(E)", .secondary, since: "2026-02-20",
      "Content is taken down within three hours of an order; users are told each quarter.",
      check: { _ in MarkingChecks.serviceOnly("look in the audit log") }),
    ComplianceRule(
      "KR-1", .kr, "AI Basic Act Art. 31(1)", .secondary, since: "2026-01-22",
      "Users know beforehand that AI is used.",
      check: { _ in MarkingChecks.serviceOnly("the service's surface says it") }),
    ComplianceRule(
      "KR-2", .kr, "AI Basic Act Art. 31(2)", .secondary, since: "2026-01-22",
      "Output that leaves the service carries a mark for people or machines.",
      check: { MarkingChecks.either(MarkingChecks.machineReadable($0), MarkingChecks.explicit($0)) }
    ),
    ComplianceRule(
      "KR-3", .kr, "AI Basic Act Art. 31(3)", .secondary, since: "2026-01-22",
      "What could pass for real is labelled so that people recognise it.",
      check: MarkingChecks.explicit),
    ComplianceRule(
      "NY-1", .ny, "GBL 396-b (S.8420-A)", .secondary, since: "2026-06-09",
      "Advertisements with synthetic performers say so conspicuously; sound alone is exempt.",
      check: {
        $0.medium == .audio ? .met("sound alone is exempt") : MarkingChecks.explicit($0)
      }),
  ]
}
