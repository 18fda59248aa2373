// From a message back to codes: the inverse of every template, as `catalog/src/reading.rs` and `template.rs` do it.
(function () {
  "use strict";

  const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
  const START = new RegExp(`^[${SPACE}]+`);
  const END = new RegExp(`[${SPACE}]+$`);
  const RUN = new RegExp(`[${SPACE}]+`);
  const trimEnd = (text) => text.replace(END, "");
  const trimStart = (text) => text.replace(START, "");
  const trim = (text) => trimEnd(trimStart(text));
  /** Runs of white space are one space, one final period is dropped. */
  const fold = (text) => trim(text).split(RUN).join(" ").replace(/\.$/, "");
  /** Length in bytes. */
  const size = (text) => new TextEncoder().encode(text).length;

  const token = (text) => /^[0-9A-Za-z!#$%&'*+\-.^_`|~]+$/.test(text);
  const number = (text) => /^(0|[1-9][0-9]*)$/.test(text) && text.length < 21 && BigInt(text) < 1n << 64n;
  /** Could a text be a value of this type? */
  const ADMITS = {
    text: () => true,
    token,
    method: token,
    protocol: token,
    host: (text) => /^[^\x00-\x20\x2f\x7f]+$/.test(text),
    uri: (text) => /^[^\x00-\x20\x7f]+$/.test(text),
    number,
    protocols: (text) => text.split(",").every((one) => token(trim(one))),
    tls_version: (text) => /^[0-9A-Za-z. ]+$/.test(text),
  };

  const MAX_READINGS = 16;

  /** All ways to read `text` as this template; each a list of pairs of name and value. */
  function readings(pieces, text) {
    const found = [];
    const values = [];
    const add = (name, value) => found.push([...values, [name, value]]);
    (function read(at, rest) {
      if (found.length >= MAX_READINGS) return;
      const piece = pieces[at];
      if (piece === undefined) {
        if (rest === "") found.push([...values]);
        return;
      }
      if (typeof piece === "string") {
        if (rest.startsWith(piece)) read(at + 1, rest.slice(piece.length));
        return;
      }
      const [name, type] = piece;
      const admits = ADMITS[type];
      if (at + 1 === pieces.length) {
        if (admits(rest)) add(name, rest);
        return;
      }
      const next = pieces[at + 1];
      if (typeof next !== "string") return;
      // The last text is anchored at the end: only one place can do.
      if (at + 2 === pieces.length) {
        const value = rest.slice(0, rest.length - next.length);
        if (rest.endsWith(next) && admits(value)) add(name, value);
        return;
      }
      for (let from = rest.indexOf(next); from >= 0; from = rest.indexOf(next, from + next.length)) {
        const value = rest.slice(0, from);
        if (!admits(value)) continue;
        values.push([name, value]);
        read(at + 1, rest.slice(from));
        values.pop();
      }
    })(0, text);
    return found;
  }

  /** A message as its file writes it: parameters in braces, literal braces doubled. */
  const source = (pieces) =>
    pieces.map((piece) => (typeof piece === "string" ? piece.replace(/[{}]/g, "$&$&") : `{${piece[0]}}`)).join("");
  const pieces = (message) => (typeof message === "string" ? [message] : message);

  /** Every wording of every code once: the message, then editions newest first, then variants. */
  function patterns(vendor) {
    const all = [];
    for (const code of vendor.codes) {
      const seen = new Set();
      const wordings = [
        { kind: "message", rank: 0, message: code.message },
        ...code.editions.map((row) => ({ kind: "edition", rank: 1 + row.edition, row, message: row.message })),
        ...code.variants.map((variant) => ({ kind: "variant", rank: 0xffff, variant, message: variant.message })),
      ];
      for (const wording of wordings) {
        const key = fold(wording.message.source);
        if (seen.has(key)) continue;
        seen.add(key);
        all.push({ code, wording });
      }
    }
    return all;
  }

  /** Without what the vendor's gateway appends to messages of its own. */
  function withoutSuffix(vendor, text) {
    const suffix = vendor.suffixes.find((one) => text.endsWith(one));
    return suffix === undefined ? text : trimEnd(text.slice(0, text.length - suffix.length));
  }

  /** All ways to read a text as a message of a vendor, best first. */
  function readMessage(vendor, whole) {
    const text = withoutSuffix(vendor, trim(whole));
    const folded = fold(text);
    // Whether folding did more than drop a final period.
    const changed = trim(text).split(RUN).join(" ") !== trim(text);
    const found = (vendor.fixed.get(folded) || []).map(({ code, wording }) => ({ code, wording, params: [] }));
    for (const { code, wording } of vendor.open) {
      const { pieces } = wording.message;
      let values = readings(pieces, text);
      if (!values.length && text.endsWith(".")) values = readings(pieces, text.slice(0, -1));
      if (!values.length && changed) values = readings(pieces, folded);
      const last = pieces[pieces.length - 1];
      if (!values.length && typeof last === "string" && last.endsWith(".")) values = readings(pieces, folded + ".");
      for (const params of values) found.push({ code, wording, params });
    }
    const order = (a, b) =>
      b.wording.message.literal - a.wording.message.literal ||
      a.wording.rank - b.wording.rank ||
      a.code.other - b.code.other ||
      a.code.index - b.code.index;
    return found.sort(order);
  }

  /** The catalog as the functions here want it, made of the compact data once. */
  function unpack(data) {
    const message = (packed) => {
      const list = pieces(packed).map((piece) => (typeof piece === "string" ? piece : [piece[0], data.types[piece[1]]]));
      const literal = list.reduce((sum, piece) => sum + (typeof piece === "string" ? size(piece) : 0), 0);
      return { pieces: list, source: source(list), literal };
    };
    const conditions = data.conditions.map(([id, en, zh, params]) => ({ id, title: { en, zh }, params: params || [] }));
    const vendors = data.vendors.map((packed, vendorIndex) => {
      const vendor = { ...packed, index: vendorIndex, codes: [] };
      packed.codes.forEach((c, index) => {
        const own = message(c.m);
        vendor.codes.push({
          vendor,
          index,
          id: c.i,
          slug: c.s,
          text: c.t || null,
          console: c.p || 0,
          kind: c.k || "error",
          status: c.st || null,
          message: own,
          condition: conditions[c.c],
          other: c.x || 0,
          origin: c.o ? "backend" : "gateway",
          params: c.q || [],
          editions: c.e.map(([edition, status, text, printed]) => ({
            edition,
            id: vendor.editions[edition],
            status: status || null,
            text: text || null,
            message: printed ? message(printed) : own,
          })),
          variants: (c.a || []).map((v) => ({
            message: message(v.m),
            when: v.w === undefined ? null : conditions[v.w],
            text: v.t || null,
            status: v.st || null,
          })),
          about: { en: c.y[0], zh: c.y[1] },
        });
      });
      vendor.fixed = new Map();
      vendor.open = [];
      for (const pattern of patterns(vendor)) {
        const { pieces } = pattern.wording.message;
        if (pieces.length === 1 && typeof pieces[0] === "string") {
          const key = fold(pieces[0]);
          vendor.fixed.set(key, [...(vendor.fixed.get(key) || []), pattern]);
        } else if (pieces.some((piece) => typeof piece === "string")) {
          // A template that is all value would take any text for its own.
          vendor.open.push(pattern);
        }
      }
      return vendor;
    });
    return { vendors, conditions };
  }

  let unpacked = null;
  Object.assign((globalThis.apigw ??= {}), {
    catalog: () => (unpacked ??= unpack(globalThis.apigw.data)),
    reading: { fold, trim, trimEnd, trimStart, readMessage, withoutSuffix, SPACE },
  });
})();
