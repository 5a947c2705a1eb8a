extension ComplianceReport {
  /// The report as one page that needs nothing else.
  public var html: String {
    var body = ""
    for file in files {
      body += "<h2>\(Self.escaped(file.file))</h2>\n"
      for jurisdiction in jurisdictions {
        body += """
          <table><caption>\(Self.escaped(jurisdiction.name))</caption>
          <thead><tr><th scope="col">Rule</th><th scope="col">Status</th>\
          <th scope="col">What was found</th><th scope="col">What is asked</th></tr></thead><tbody>

          """
        for finding in file.findings where finding.rule.jurisdiction == jurisdiction {
          let level = finding.severity == .none ? "" : " (\(finding.severity.rawValue))"
          body += """
            <tr class="\(Self.style(finding))"><th scope="row">\(finding.rule.id)</th>\
            <td>\(finding.outcome.name)\(level)</td>\
            <td>\(Self.escaped(finding.outcome.explanation))</td>\
            <td>\(Self.escaped(finding.rule.requirement)) \
            <cite>\(Self.escaped(finding.rule.citation))</cite></td></tr>

            """
        }
        body += "</tbody></table>\n"
      }
    }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Compliance report</title>
      <style>
      body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; \
      padding: 0 1rem; color: #1a1a1a; background: #fff }
      table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
      caption { text-align: left; font-weight: 600; padding: .3rem 0 }
      th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; \
      padding: .4rem .6rem; overflow-wrap: anywhere }
      tr.error td:nth-of-type(1) { color: #a00000; font-weight: 600 }
      tr.warning td:nth-of-type(1) { color: #7a4b00; font-weight: 600 }
      cite { color: #555; font-style: normal }
      </style></head><body>
      <h1>Compliance report</h1>
      <p>Taken on \(Self.escaped(day)). No legal advice: a rule that was not read in its own text \
      is never more than a warning.</p>
      \(body)</body></html>

      """
  }

  private static func style(_ finding: ComplianceFinding) -> String { finding.severity.rawValue }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
