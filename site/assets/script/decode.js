// From a response to candidates, best first: `catalog/src/decode/find.rs` and its neighbours in the page's own language.
//
// `tests/data/decode-cases.json` holds both to the same results.
(function () {
  "use strict";

  const { fold, trim, trimEnd, readMessage, withoutSuffix } = globalThis.apigw.reading;
  const { readBody, readHeaders, isKnown } = globalThis.apigw.body;
  const MAX_BODY = 64 * 1024;
  const MAX_DETAILS = 16;

  function commonplace(message, status) {
    const folded = fold(message);
    const phrase = globalThis.apigw.data.reasons[status] || "";
    const letters = (text) => text.replace(/[^A-Za-z]/g, "").toLowerCase();
    const size = (text) => new TextEncoder().encode(text).length;
    const alike = phrase && Math.abs(size(folded) - size(phrase)) < 3 && letters(folded) === letters(phrase);
    return alike ? "phrase" : globalThis.apigw.data.kong.includes(folded) ? "kong" : null;
  }
  const isWord = (code) => globalThis.apigw.data.grpc.includes(code) || !/[_.]/.test(code);

  const codeTexts = (code) =>
    [code.text, ...code.editions.map((row) => row.text), ...code.variants.map((one) => one.text)].filter((one) => one !== null);
  const byCode = (vendor, text) =>
    vendor.codes.filter((code) => code.text === text || code.editions.some((row) => row.text === text));
  const hasCode = (vendor, text) => vendor.codes.some((code) => codeTexts(code).includes(text));

  function byMessage(vendor, text) {
    const found = [];
    const add = (fresh) => {
      const known = found.find((one) => one.code === fresh.code);
      if (!known) return found.push(fresh);
      const own = (params) => fresh.code.params.filter(([name]) => params.some(([given]) => given === name)).length;
      if (own(fresh.params) > own(known.params)) known.params = fresh.params;
    };
    for (const reading of readMessage(vendor, text)) add({ ...reading, detail: null });
    if (found.length) return found;
    // A known text with an unknown detail behind it; the longest known one counts.
    const ends = [...text.matchAll(/[:：,，;]/g)].reverse().slice(0, MAX_DETAILS);
    for (const { index } of ends) {
      const known = readMessage(vendor, text.slice(0, index)).filter(({ params }) => params.length === 0);
      for (const reading of known) add({ ...reading, detail: trim(text.slice(index + 1)) });
      if (found.length) return found;
    }
    return found;
  }

  /** The rows that message, code text or status point at, each once. */
  function suspects(vendor, { read, marks, status }) {
    const found = read.message === null ? [] : byMessage(vendor, read.message);
    const add = (code) => {
      const [only, more] = code.message.pieces;
      // Where the row's message is nothing but a value, the message is that value.
      const value = !more && typeof only !== "string" && read.message;
      const whole = typeof value === "string";
      const wording = whole ? { kind: "message", rank: 0, message: code.message } : null;
      found.push({ code, wording, params: whole ? [[only[0], value]] : [], detail: null });
    };
    if (read.code !== null) {
      let named = byCode(vendor, read.code);
      if (!named.length) named = vendor.codes.filter((code) => code.variants.some((one) => one.text === read.code));
      for (const code of named) if (!found.some((one) => one.code === code)) add(code);
    } else if (read.message === null && status !== null && marks.gateway === vendor.envelope) {
      const has = (code) => code.status === status || code.editions.some((row) => row.status === status);
      vendor.codes.filter((code) => has(code) && code.kind === "error" && !code.console).forEach(add);
    }
    return found;
  }

  /** The statuses with which the recognised wording is known; of all wordings, if none was recognised. */
  function statuses({ code, wording }) {
    const text = wording && fold(wording.message.source);
    const worded = (message) => text === null || fold(message.source) === text;
    return [
      worded(code.message) ? code.status : null,
      ...code.editions.map((row) => row.status),
      ...code.variants.filter((one) => worded(one.message)).map((one) => one.status ?? code.status),
    ];
  }

  function judgeFit(suspect, { read, marks, status }, home, coded) {
    let code = "unknown";
    if (read.code !== null && codeTexts(suspect.code).includes(read.code)) code = "same";
    else if (read.code !== null && coded) code = "differs";
    let message = read.message === null ? "absent" : "unread";
    if (suspect.wording) message = suspect.detail === null ? "full" : "detail";
    let agreed = "unknown";
    if (status !== null) agreed = statuses(suspect).includes(status) ? "same" : "differs";
    let headers = marks.kong ? "differs" : "unknown";
    if (marks.gateway !== null) headers = marks.gateway === suspect.code.vendor.envelope ? "same" : "differs";
    const envelope = read.shape === "bare" ? "bare" : home ? read.shape : "other";
    return { code, message, status: agreed, envelope, headers, commonplace: null, rivalled: false };
  }

  const hasMessage = (fit) => fit.message === "full" || fit.message === "detail";
  const score = (fit) =>
    ({ same: 8, unknown: 0, differs: -6 })[fit.code] +
    ({ full: 6, detail: 5 }[fit.message] || 0) +
    ({ same: 3, unknown: 0, differs: -3 })[fit.status] +
    ({ same: 1, unknown: 0, differs: -1 })[fit.headers];

  function confidence(fit, coded) {
    const against = [fit.code, fit.status, fit.headers].includes("differs") || fit.message === "other";
    const marked = fit.headers === "same";
    const unproven = fit.commonplace !== null && !marked && fit.envelope !== "own";
    if (against || fit.rivalled || unproven || fit.envelope === "other") return "possible";
    const named = fit.code === "same";
    const complete = fit.commonplace === null && (coded ? named && hasMessage(fit) : fit.message === "full");
    const proven = fit.envelope === "own" || (fit.envelope === "shared" && marked);
    if (complete && proven) return "certain";
    if (named || fit.message === "full" || (marked && fit.message === "detail")) return "likely";
    return "possible";
  }

  /** What the response itself says of who made it. */
  function originOf(read, marks, suffixed, status) {
    if (typeof marks.answered === "number" && marks.answered === status) return "backend";
    if (marks.answered === "nothing" || suffixed || read.signed) return "gateway";
    return null;
  }

  /** Why the text proves little, unless a code text or the gateway itself says whose it is. */
  function doubt(fit, word, common, own) {
    if (!hasMessage(fit)) return word ? "word" : null;
    return (fit.code === "same" && !word) || own ? null : common;
  }

  function judge(vendor, evidence, home, found) {
    const { read, marks, status } = evidence;
    const coded = vendor.codes.some((code) => code.text !== null);
    const suffixed = read.message !== null && vendor.suffixes.some((one) => trimEnd(read.message).endsWith(one));
    const common = read.message === null ? null : commonplace(read.message, status);
    const said = originOf(read, marks, suffixed, status);
    const own = said === "gateway" && (marks.answered === "nothing" || suffixed);
    const word = read.code !== null && isWord(read.code);
    const all = suspects(vendor, evidence);
    const known = all.some((one) => one.wording && one.detail === null);
    for (const suspect of all) {
      const fit = judgeFit(suspect, evidence, home, coded);
      if (fit.message === "unread" && known) fit.message = "other";
      fit.commonplace = doubt(fit, word, common, own);
      const codeText = read.code !== null && codeTexts(suspect.code).includes(read.code) ? read.code : null;
      found.push({ ...suspect, fit, status, codeText, origin: said ?? suspect.code.origin });
    }
  }

  function rank(all) {
    let found = all;
    const complete = (fit) => fit.code === "same" && hasMessage(fit);
    if (found.some((one) => complete(one.fit))) {
      const agreed = found.some((one) => complete(one.fit) && one.fit.status !== "differs");
      const named = (fit) => fit.code === "same" && !agreed && fit.status === "same";
      found = found.filter((one) => complete(one.fit) || named(one.fit));
    }
    const literal = (one) => one.wording?.message.literal ?? 0;
    found.sort(
      (a, b) =>
        score(b.fit) - score(a.fit) ||
        literal(b) - literal(a) ||
        a.code.console - b.code.console ||
        a.code.other - b.code.other ||
        a.code.vendor.index - b.code.vendor.index ||
        a.code.index - b.code.index,
    );
    for (const one of found) {
      const rival = (other) => other !== one && score(other.fit) === score(one.fit) && literal(other) >= literal(one);
      one.fit.rivalled = found.some(rival);
      one.confidence = confidence(one.fit, one.code.text !== null);
    }
    return found;
  }

  function ofCondition(vendors, condition, evidence) {
    const fits = (code) => code.condition === condition && !code.console && !code.other;
    return vendors.flatMap((vendor) =>
      vendor.codes.filter(fits).map((code) => {
        const suspect = { code, wording: null, params: [], detail: null };
        const fit = { ...judgeFit(suspect, evidence, false, true), code: "unknown", message: "absent" };
        return { ...suspect, fit, status: null, codeText: null, origin: "gateway", confidence: "possible" };
      }),
    );
  }

  /** The editions that print what was read, newest first. */
  function editions({ code, wording, status, codeText }) {
    const text = wording && fold(wording.message.source);
    const same = (row) => fold(row.message.source) === text;
    const printed = code.editions.some(same);
    const fits = (row) =>
      (status === null || row.status === null || row.status === status) &&
      (codeText === null || row.text === codeText) &&
      (!printed || same(row));
    return code.editions.filter(fits).map((row) => row.id);
  }

  const conditionOf = ({ code, wording }) => wording?.variant?.when ?? code.condition;

  /** As much of a text as the library looks at. */
  function cut(text) {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length <= MAX_BODY) return text;
    return new TextDecoder().decode(bytes.slice(0, MAX_BODY), { stream: true });
  }

  /** Answers that no table has a row for, of the vendors that write bodies of this form. */
  function standIns(vendors, { read, marks, status }) {
    if (read.message === null) return [];
    const { conditions } = globalThis.apigw.catalog();
    return vendors.flatMap((vendor) => {
      const message = withoutSuffix(vendor, trim(read.message));
      const own = read.shape === "own" && commonplace(message, status) === null;
      const likely = marks.gateway === null ? own && !marks.kong : marks.gateway === vendor.envelope;
      const fits = ([known, code, text]) =>
        (status === null || known === status) &&
        (code === null || read.code === null || code === read.code) &&
        fold(text) === fold(message);
      return vendor.plain.filter(fits).map(([known, code, text, ids]) => ({
        vendor, status: known, code, message: text, conditions: ids.map((id) => conditions[id]),
        confidence: likely ? "likely" : "possible",
      }));
    });
  }

  /** Reads a response: a status or null, a list of pairs, a text. */
  function decode(status, headers, body) {
    const { vendors, conditions } = globalThis.apigw.catalog();
    const marks = readHeaders(headers);
    const read = readBody(cut(body), (text) => vendors.some((vendor) => hasCode(vendor, text)));
    // Some gateways tell in headers what others tell in the body.
    read.code ??= marks.code;
    read.message ??= marks.message;
    const evidence = { read, marks, status: status ?? read.status };
    const isHome = (vendor) =>
      read.envelope === null ? read.shape === "bare" || !isKnown(vendor.envelope) : vendor.envelope === read.envelope;
    const home = vendors.filter(isHome);
    let found = [];
    for (const vendor of home) judge(vendor, evidence, true, found);
    if (!found.length) for (const vendor of vendors.filter((one) => !isHome(one))) judge(vendor, evidence, false, found);
    found = rank(found);
    const condition = conditions.find(({ id }) => id === read.condition) ?? null;
    if (condition) found = ofCondition(vendors, condition, evidence);
    const plain = found.length || condition ? [] : standIns(home, evidence);
    let origin = found[0]?.origin ?? (condition ? "gateway" : originOf(read, marks, false, evidence.status));
    // A gateway's own plain answer must not be taken for the backend's.
    if (!origin && !plain.length && marks.gateway !== null && marks.upstream) origin = "backend";
    return {
      candidates: found.map((one) => ({
        code: one.code,
        wording: one.wording,
        params: one.params,
        detail: one.detail,
        editions: editions(one),
        condition: conditionOf(one),
        origin: one.origin,
        confidence: one.confidence,
        commonplace: one.fit.commonplace,
      })),
      standIns: plain,
      requestId: read.requestId ?? marks.requestId,
      envelope: read.envelope,
      code: read.code,
      message: read.message,
      status: evidence.status,
      condition,
      params: condition ? read.params.filter(([name]) => condition.params.some(([known]) => known === name)) : [],
      origin: origin || null,
    };
  }

  globalThis.apigw.decode = decode;
})();
