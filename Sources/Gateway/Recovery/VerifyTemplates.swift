/// The verify page as written. Nothing is fetched from anywhere else, and nothing of it needs a script.
enum VerifyTemplates {
  static let page = #"""
    {{% CONTENT_TYPE:ASSAY-HTML}}<!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>{{#hasResult}}{{#result}}{{headline}} · {{/result}}{{/hasResult}}Where does this file come from?</title>
    <link rel="stylesheet" href="/verify/style.css">
    <script src="/verify/script.js" defer></script>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top"><a href="/verify" class="name"><span aria-hidden="true" class="stamp">A</span>Assay</a>
    <span class="top-note">Provenance check</span></header>
    <main id="main">
    {{#hasResult}}{{#result}}
    <section id="result" class="verdict {{tone}}" aria-labelledby="verdict-title" tabindex="-1">
    <p class="seal" aria-hidden="true">{{symbol}}</p>
    <div>
    <h1 id="verdict-title">{{headline}}</h1>
    <p class="sentence">{{sentence}}</p>
    </div>
    </section>
    {{#hasPictures}}
    <div class="pictures">
    {{#pictures}}<figure><img src="{{source}}" alt="{{caption}}"><figcaption>{{caption}}</figcaption></figure>{{/pictures}}
    </div>
    {{/hasPictures}}
    <div class="columns">
    {{#hasFacts}}
    <section class="card" aria-labelledby="facts-title">
    <h2 id="facts-title">What the credentials say</h2>
    <dl>{{#facts}}<div><dt>{{name}}</dt><dd>{{text}}</dd></div>{{/facts}}</dl>
    </section>
    {{/hasFacts}}
    <section class="card" aria-labelledby="marks-title">
    <h2 id="marks-title">What was found</h2>
    <dl>{{#marks}}<div><dt>{{name}}</dt><dd>{{text}}</dd></div>{{/marks}}</dl>
    {{#hasProblems}}<ul class="problems">{{#problems}}<li>{{.}}</li>{{/problems}}</ul>{{/hasProblems}}
    </section>
    </div>
    {{#hasHistory}}
    <section class="card" aria-labelledby="history-title">
    <h2 id="history-title">{{historyTitle}}</h2>
    <ul class="tree">{{#history}}{{> node}}{{/history}}</ul>
    </section>
    {{/hasHistory}}
    {{#hasChecks}}
    <details class="card">
    <summary>Every check</summary>
    <table>
    <thead><tr><th scope="col">Result</th><th scope="col">Status code</th><th scope="col">Meaning</th></tr></thead>
    <tbody>{{#checks}}<tr><td><span class="word {{tone}}">{{word}}</span></td><td><code>{{code}}</code></td><td>{{text}}</td></tr>{{/checks}}</tbody>
    </table>
    </details>
    {{/hasChecks}}
    {{/result}}{{/hasResult}}
    <section class="ask card" aria-labelledby="ask-title">
    {{^hasResult}}<h1 id="ask-title">Where does this file come from?</h1>
    <p class="lead">Give a picture or a clip. You learn who signed it, whether it was changed, and whether it
    is a copy of something that was made here, even when its credentials were stripped.</p>{{/hasResult}}
    {{#hasResult}}<h2 id="ask-title">Check another file</h2>{{/hasResult}}
    {{#form}}
    {{#problem}}<p class="alert" role="alert">{{problem}}</p>{{/problem}}
    <form method="post" action="/verify#result" enctype="multipart/form-data">
    <div class="drop">
    <label for="file">Choose a picture, clip or recording</label>
    <input id="file" name="file" type="file" aria-describedby="file-note">
    <p id="file-note" class="note">Up to {{limit}} MB. Drop it on the button if you like.</p>
    </div>
    {{#takesAddresses}}
    <div class="field">
    <label for="url">or paste its address</label>
    <input id="url" name="url" type="url" inputmode="url" autocomplete="off" placeholder="https://">
    </div>
    {{/takesAddresses}}
    {{^takesAddresses}}<p class="note">This server fetches no files from addresses: download the file, then
    give it here.</p>{{/takesAddresses}}
    <button type="submit">Check the file</button>
    <p id="working" class="note" role="status"></p>
    </form>
    {{/form}}
    <p class="note keep">No account is needed. The file is looked at in a sealed-off process and deleted before
    you read the answer; no copy and no name of it is kept.</p>
    </section>
    </main>
    <footer><p>Nothing found is no proof: credentials can be stripped, marks worn away, and what other makers
    mark cannot be read here. For programs: send the same form with <code>Accept: application/json</code>;
    <a href="/docs">the whole API</a>.</p></footer>
    </body>
    </html>
    """#

  static let node = #"""
    {{% CONTENT_TYPE:ASSAY-HTML}}<li><div class="node"><p class="node-title">{{title}}</p>
    {{#notes}}<p class="node-note">{{.}}</p>{{/notes}}
    {{#hasSteps}}<ol>{{#steps}}<li>{{.}}</li>{{/steps}}</ol>{{/hasSteps}}</div>
    {{#hasChildren}}<p class="made-from">Made from</p><ul>{{#children}}{{> node}}{{/children}}</ul>{{/hasChildren}}</li>
    """#

  static let style = #"""
    :root {
      --ground: #f5f3ee; --card: #fffdf9; --ink: #1d1b17; --soft: #5c574d; --line: #ddd7ca;
      --accent: #7a4b00; --accent-ink: #fff; --good: #1f6b3a; --good-ground: #e6f2e8;
      --caution: #7a5200; --caution-ground: #fbf0d6; --bad: #a12622; --bad-ground: #fbe7e4;
      --neutral: #4a4a55; --neutral-ground: #ecebe7; --focus: #0b57d0;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #17150f; --card: #211e17; --ink: #f1ece1; --soft: #b8b0a0; --line: #3a352a;
        --accent: #e9b872; --accent-ink: #1d1508; --good: #8fd3a4; --good-ground: #1b3324;
        --caution: #f0c876; --caution-ground: #372b10; --bad: #ff9d94; --bad-ground: #421c19;
        --neutral: #c9c6bd; --neutral-ground: #2b2820; --focus: #8ab4ff;
      }
    }
    * { box-sizing: border-box }
    html { font: 17px/1.55 "Inter", "Source Sans 3", system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); background: var(--ground) }
    body { margin: 0 }
    .skip { position: absolute; left: -99rem } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 2 }
    .top { display: flex; align-items: center; gap: .9rem; max-width: 60rem; margin: 0 auto; padding: 1.3rem 1.4rem .3rem }
    .name { display: inline-flex; align-items: center; gap: .55rem; font-weight: 700; letter-spacing: .01em; color: inherit; text-decoration: none }
    .stamp { display: inline-grid; place-items: center; width: 1.9rem; height: 1.9rem; border: 2px solid var(--accent); border-radius: .55rem; color: var(--accent); font-weight: 700; font-family: Georgia, "Times New Roman", serif }
    .top-note { color: var(--soft); font-size: .9rem }
    main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.4rem 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.1rem }
    h1 { font-size: clamp(1.55rem, 4.2vw, 2.15rem); line-height: 1.2; margin: 0 0 .45rem; letter-spacing: -.015em; text-wrap: balance }
    h2 { font-size: 1.02rem; margin: 0 0 .75rem; letter-spacing: .005em }
    p { margin: 0 0 .6rem }
    a { color: var(--accent) }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 1.3rem 1.5rem; min-width: 0 }
    .verdict { display: grid; grid-template-columns: auto 1fr; gap: 1.2rem; align-items: start; border-radius: 1rem; padding: 1.6rem; border: 1px solid transparent }
    .verdict:focus { outline: none }
    .verdict .sentence { margin: 0; font-size: 1.06rem; max-width: 46rem; overflow-wrap: anywhere }
    .seal { margin: 0; width: 3.1rem; height: 3.1rem; border-radius: 50%; display: grid; place-items: center; font-size: 1.5rem; font-weight: 700; color: var(--card) }
    .verdict.good { background: var(--good-ground); border-color: var(--good) } .good .seal { background: var(--good) }
    .verdict.caution { background: var(--caution-ground); border-color: var(--caution) } .caution .seal { background: var(--caution) }
    .verdict.bad { background: var(--bad-ground); border-color: var(--bad) } .bad .seal { background: var(--bad) }
    .verdict.neutral { background: var(--neutral-ground); border-color: var(--line) } .neutral .seal { background: var(--neutral) }
    .verdict.good h1 { color: var(--good) } .verdict.caution h1 { color: var(--caution) } .verdict.bad h1 { color: var(--bad) }
    .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 1.1rem }
    figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 1rem; overflow: hidden; display: flex; flex-direction: column }
    figure img { width: 100%; aspect-ratio: 16 / 9; object-fit: contain; background: #0d0c0a; display: block }
    figcaption { padding: .6rem 1rem; color: var(--soft); font-size: .9rem }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.1rem }
    dl { margin: 0; display: grid; gap: .1rem }
    dl div { display: grid; grid-template-columns: 9.2rem 1fr; gap: .9rem; padding: .5rem 0; border-top: 1px solid var(--line) }
    dl div:first-child { border-top: 0; padding-top: 0 }
    dt { color: var(--soft); font-size: .92rem } dd { margin: 0; overflow-wrap: anywhere }
    .tree, .tree ul { list-style: none; margin: 0; padding: 0 }
    .tree ul { margin-left: .5rem; padding-left: 1.2rem; border-left: 2px solid var(--line) }
    .tree li { overflow-wrap: anywhere } .node { padding: .15rem 0 .6rem }
    .node-title { font-weight: 600; margin: 0 } .node-note { color: var(--soft); margin: 0; font-size: .92rem } .node-note:last-of-type { font-size: .82rem }
    .made-from { color: var(--soft); font-size: .85rem; margin: 0 0 .35rem .5rem }
    .node ol { margin: .5rem 0 0; padding-left: 1.3rem; font-size: .93rem } .node ol li { padding: .1rem 0 }
    details summary { cursor: pointer; font-weight: 600 }
    table { border-collapse: collapse; width: 100%; margin-top: .9rem; font-size: .9rem } th { text-align: left; color: var(--soft); font-weight: 500 }
    th, td { padding: .45rem .7rem .45rem 0; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere } thead th { border-top: 0 }
    code { font: .88em ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace }
    .word { font-weight: 600 } .word.good { color: var(--good) } .word.bad { color: var(--bad) } .word.neutral { color: var(--soft) }
    .lead { color: var(--soft); max-width: 42rem; font-size: 1.06rem; margin-bottom: 1.2rem }
    form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; margin: .4rem 0 1rem }
    label { display: block; font-weight: 600; margin-bottom: .45rem }
    .drop { border: 2px dashed var(--line); border-radius: .9rem; padding: 1.4rem; background: var(--ground); transition: border-color .15s }
    .drop.over { border-color: var(--accent) }
    input[type=file] { font: inherit; width: 100%; min-width: 0; color: inherit }
    input[type=file]::file-selector-button { font: inherit; font-weight: 600; padding: .5rem 1rem; margin-right: .9rem; border-radius: .6rem; border: 1px solid var(--soft); background: var(--card); color: var(--ink); cursor: pointer }
    input[type=url] { font: inherit; width: 100%; padding: .6rem .8rem; border: 1px solid var(--soft); border-radius: .6rem; background: var(--card); color: var(--ink) }
    button { justify-self: start; font: inherit; font-weight: 700; padding: .75rem 1.5rem; border: 0; border-radius: .7rem; background: var(--accent); color: var(--accent-ink); cursor: pointer }
    button:hover { filter: brightness(1.12) }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 3px }
    .note { color: var(--soft); font-size: .92rem; margin: .5rem 0 0 } .keep { max-width: 44rem }
    #working:empty { display: none }
    .alert { background: var(--bad-ground); color: var(--bad); border-radius: .7rem; padding: .8rem 1rem; font-weight: 600 }
    .problems { color: var(--caution); margin: .9rem 0 0; padding-left: 1.2rem; font-size: .93rem; overflow-wrap: anywhere }
    footer { max-width: 60rem; margin: 1.6rem auto 0; padding: 0 1.4rem 2.5rem; color: var(--soft); font-size: .9rem }
    @media (max-width: 34rem) { dl div { grid-template-columns: 1fr; gap: .1rem } .verdict { grid-template-columns: 1fr; padding: 1.3rem } .card { padding: 1.1rem } }
    """#

  /// Makes dropping a file nicer and says that the check takes a moment. The page works without it.
  static let script = #"""
    "use strict"
    const drop = document.querySelector(".drop"), file = document.getElementById("file")
    const form = document.querySelector("form"), working = document.getElementById("working")
    for (const type of ["dragover", "dragleave", "drop"])
      drop.addEventListener(type, event => {
        event.preventDefault()
        drop.classList.toggle("over", type === "dragover")
        if (type === "drop" && event.dataTransfer.files.length) file.files = event.dataTransfer.files
      })
    form.addEventListener("submit", () => { working.textContent = "Checking. A clip takes a few seconds." })
    document.getElementById("result")?.focus({ preventScroll: true })
    """#
}
