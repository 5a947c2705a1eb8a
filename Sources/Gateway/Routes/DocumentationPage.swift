import HTTPTypes

extension DocumentationRoutes {
  /// Reads `/openapi.json` and shows it; nothing is fetched from anywhere else.
  static let page = #"""
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Assay API</title>
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
      summary { cursor: pointer; padding: .3rem 0 } code { font-size: .95em }
      b { display: inline-block; width: 4.5rem } pre { background: #f4f4f4; padding: .8rem; overflow: auto }
      input, textarea { font: 14px monospace; width: 100%; box-sizing: border-box; margin: .2rem 0 }
    </style>
    <h1>Assay API</h1>
    <p id="about"></p>
    <p><label>API key, kept in this page only: <input id="key" type="password"></label></p>
    <div id="routes"></div>
    <script>
      const text = (tag, content) => { const e = document.createElement(tag); e.textContent = content; return e }
      fetch("openapi.json").then(r => r.json()).then(doc => {
        about.textContent = doc.info.description + " Version " + doc.info.version + "."
        for (const [path, item] of Object.entries(doc.paths))
          for (const [method, operation] of Object.entries(item)) {
            if (method === "parameters") continue
            const box = document.createElement("details"), head = document.createElement("summary")
            head.append(text("b", method.toUpperCase()), text("code", path), " " + operation.summary)
            const url = text("textarea", path), body = text("textarea", "")
            url.rows = 1
            const json = operation.requestBody?.content["application/json"]
            const out = text("pre", JSON.stringify({ request: operation.requestBody?.content,
              parameters: [...(item.parameters || []), ...(operation.parameters || [])] }, null, 1))
            const go = text("button", "Send")
            go.onclick = async () => {
              const headers = {}
              if (key.value) headers.authorization = "Bearer " + key.value
              if (body.value) headers["content-type"] = "application/json"
              const answer = await fetch(url.value, { method, headers, body: body.value || undefined })
              const type = answer.headers.get("content-type") || ""
              out.textContent = answer.status + "\n" +
                (/json|text/.test(type) ? await answer.text() : type)
            }
            box.append(head, url)
            if (json) box.append(body)
            box.append(go, out)
            routes.append(box)
          }
        routes.append(text("h2", "Schemas"),
          text("pre", JSON.stringify(doc.components.schemas, null, 1)))
      })
    </script>
    </html>
    """#
}

extension HTTPField.Name {
  static let contentSecurityPolicy = HTTPField.Name("content-security-policy")!
}
