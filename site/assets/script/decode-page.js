// The page that reads responses: takes a pasted text apart as the command line does, and shows what it may be.
(function () {
  "use strict";

  const MOST_LINES = 1000;
  const SURE = ["possible", "likely", "certain"];

  const statusLine = (line) => {
    const match = /^HTTP\/[0-9.]+ +(\d{3})(?![0-9A-Za-z])/.exec(line);
    return match && match[1] >= 100 && match[1] <= 599 ? Number(match[1]) : null;
  };
  const headerPairs = (lines) =>
    lines.slice(1).flatMap((line) => {
      const at = line.indexOf(":");
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    });

  const threeDigits = (text) => {
    const match = /^(\d{3})(?![0-9A-Za-z])/.exec(text);
    return match && match[1] >= 100 && match[1] <= 599 ? Number(match[1]) : null;
  };
  const KEYS = ['HTTP/1.1" ', 'HTTP/1.0" ', 'HTTP/2.0" ', 'HTTP/2" ', "status", "Status", "status_code", "statusCode", "HTTP "];

  /** The status that a line of a log tells: behind a key called so, or before its own phrase. */
  function statusInLine(line) {
    for (const key of KEYS) {
      for (let at = line.indexOf(key); at >= 0; at = line.indexOf(key, at + key.length)) {
        const status = threeDigits(line.slice(at + key.length).replace(/^["\\':= ]+/, ""));
        if (status !== null) return status;
      }
    }
    for (const { index } of line.matchAll(/(?<![0-9A-Za-z])\d{3}/g)) {
      const status = threeDigits(line.slice(index));
      const phrase = globalThis.apigw.data.reasons[status];
      if (phrase && line.slice(index + 3).trimStart().startsWith(phrase)) return status;
    }
    return null;
  }

  /** `curl -i`: heads, an empty line, a body. The last head counts: before it come 100s and redirects. */
  function included(text) {
    let rest = text;
    let response = null;
    for (let status = statusLine(rest); status !== null; status = statusLine(rest)) {
      const end = rest.indexOf("\n\n");
      const head = end < 0 ? rest : rest.slice(0, end);
      const body = end < 0 ? "" : rest.slice(end + 2);
      response = { status, headers: headerPairs(head.split("\n")), body };
      rest = body.replace(/^\n+/, "");
    }
    return response;
  }

  /** `curl -v`: the head's lines begin with `< `, what curl says itself with `* `, the request's lines with `> `. */
  function verbose(text) {
    const lines = text.split("\n");
    const last = lines.findLastIndex((line) => line.startsWith("< ") && statusLine(line.slice(2)) !== null);
    if (last < 0) return null;
    const after = lines.slice(last);
    const head = after.filter((line) => line.startsWith("< ")).map((line) => line.slice(2));
    const body = after.filter((line) => line !== "<" && !/^(< |\* |> |\{ \[|\} \[)/.test(line));
    return { status: statusLine(head[0]), headers: headerPairs(head), body: body.join("\n") };
  }

  function takeApart(pasted) {
    const text = pasted.replaceAll("\r\n", "\n");
    const found = verbose(text);
    if (found) return found;
    for (const { index } of text.matchAll(/^HTTP\//gm)) {
      const response = included(text.slice(index));
      if (response) return response;
    }
    const status = /^\s*[{<[]/.test(text) ? null : statusInLine(text.trim().split("\n")[0]);
    return { status, headers: [], body: text };
  }

  /** The text as a whole first; parts of it are taken if they tell more. */
  function read(pasted) {
    const { decode } = globalThis.apigw;
    const { status, headers, body } = takeApart(pasted);
    const sure = ({ candidates }) => (candidates.length ? SURE.indexOf(candidates[0].confidence) : -1);
    let best = decode(status, headers, body.trim());
    if ((best.envelope !== null && best.candidates.length) || sure(best) === 2) return best;
    const attempt = (one, known) => {
      const next = decode(known, headers, one);
      if (sure(next) > sure(best)) best = next;
    };
    if (body.includes('\\"')) attempt(body.replaceAll('\\"', '"').trim(), status);
    for (const line of body.split("\n").slice(0, MOST_LINES).filter((one) => one.trim())) {
      const known = status ?? statusInLine(line);
      const tails = [...line.matchAll(/: /g)].map(({ index }) => line.slice(index + 2));
      for (const part of [line, ...tails]) attempt(part.trim().replace(/^"+|"+$/g, ""), known);
    }
    return best;
  }

  globalThis.apigw.readResponse = read;
  if (typeof document === "undefined") return;

  const form = document.getElementById("paste");
  const outcome = document.getElementById("outcome");
  const box = form.querySelector("textarea");
  const find = document.querySelector(".find");
  const root = new URL(find.dataset.root, location.href);
  const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const words = outcome.dataset.words.split("|");
  const [NONE, CODE, MESSAGE, ID, STATUS, ORIGIN, CONDITION, PARAMS, EDITIONS, DETAIL] = words;
  const sureness = { certain: words[10], likely: words[11], possible: words[12] };
  const origins = { gateway: words[15], backend: words[16] };
  const address = (path) => new URL(`${lang}${path}${find.dataset.file}`, root).href;

  function element(name, content, attributes) {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...[content].flat().filter((one) => one !== null && one !== undefined && one !== ""));
    return made;
  }

  function facts(pairs) {
    const list = document.createElement("dl");
    for (const [name, value] of pairs) {
      if (value === null || value === undefined || value === "") continue;
      list.append(element("dt", name), element("dd", value));
    }
    return list;
  }

  function candidate(one) {
    const { code, params } = one;
    const title = element("a", [], { href: address(`/${code.vendor.id}/${code.slug}/`) });
    if (code.text) title.append(element("code", code.text), " ");
    for (const piece of code.message.pieces) {
      const value = typeof piece === "string" ? null : params.find(([name]) => name === piece[0])?.[1];
      title.append(typeof piece === "string" ? piece : element("var", value ?? piece[0]));
    }
    const condition = element("a", one.condition.title[lang], { href: address(`/conditions/${one.condition.id}/`) });
    const values = params.map(([name, value]) => element("span", [element("var", name), ` = ${value} `]));
    const card = element("section", [
      element("h3", [title, " ", element("span", sureness[one.confidence], { className: "mark" })]),
      element("p", code.about[lang]),
      facts([
        [STATUS, code.status && String(code.status)],
        [CONDITION, condition],
        [PARAMS, values.length ? element("span", values) : null],
        [DETAIL, one.detail],
        [EDITIONS, `${code.vendor.name[lang]} ${one.editions.join(", ")}`],
        [ORIGIN, origins[one.origin]],
      ]),
    ]);
    card.className = `candidate ${one.confidence}`;
    return card;
  }

  /** An answer that no table has a row for, and what it may be said for. */
  function standIn(one) {
    const conditions = one.conditions.flatMap(({ id, title }) => [
      element("a", title[lang], { href: address(`/conditions/${id}/`) }), " ",
    ]);
    const card = element("section", [
      element("h3", [one.code && element("code", one.code), one.code && " ", one.message, " ", element("span", sureness[one.confidence], { className: "mark" })]),
      element("p", `${one.vendor.name[lang]} – ${words[17]}`),
      facts([[STATUS, String(one.status)], [CONDITION, element("span", conditions)]]),
    ]);
    card.className = `candidate ${one.confidence}`;
    return card;
  }

  function show() {
    const text = box.value;
    if (!text.trim()) return outcome.replaceChildren();
    const found = read(text);
    const known = facts([
      [STATUS, found.status && String(found.status)],
      [CODE, found.code],
      [MESSAGE, found.message?.slice(0, 500)],
      [ID, found.requestId],
      [ORIGIN, origins[found.origin]],
      [CONDITION, found.condition?.title[lang]],
      [PARAMS, found.params.map(([name, value]) => `${name} = ${value}`).join(", ")],
    ]);
    const all = [...found.candidates.map(candidate), ...found.standIns.map(standIn)];
    const cards = all.slice(0, 20);
    const heading = all.length ? [element("h2", `${words[14]} (${all.length})`)] : [element("p", NONE)];
    const details = element("section", [element("h2", words[13]), known], { className: "read block" });
    outcome.replaceChildren(...heading, ...cards, details);
  }

  let timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of form.querySelectorAll("[data-example]")) {
    button.addEventListener("click", () => {
      box.value = button.dataset.example;
      show();
    });
  }
  form.hidden = false;
  // What a reload keeps in the box is read again.
  show();
})();
