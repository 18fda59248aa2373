// What a body of a response holds, and what its headers tell: `catalog/src/decode/envelope/` in the page's own language.
//
// Which envelopes there are, and how they are told apart, comes with the catalog's data; RFC 9457 alone is known here.
(function () {
  "use strict";

  const { SPACE, trim, trimEnd, trimStart } = globalThis.apigw.reading;
  const MAX_DEPTH = 16;
  const MAX_NODES = 512;
  const STATUS = (text) => (/^\+?\d+$/.test(text) && text <= 599 && text >= 100 ? Number(text) : null);

  /** Reads an object at the start of a text; lenient and bounded as the library's reader is. Null if there is none. */
  function readJson(text) {
    let at = 0;
    let nodes = 0;
    const space = () => {
      while (" \t\r\n".includes(text[at] ?? "x")) at += 1;
    };
    class Refused extends Error {}
    const refuse = () => {
      throw new Refused();
    };
    const eat = (c) => text[at] === c && ((at += 1), true);
    function string() {
      if (!eat('"')) refuse();
      let out = "";
      for (;;) {
        const c = text[at];
        if (c === undefined) refuse();
        at += 1;
        if (c === '"') return out.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
        if (c !== "\\") {
          out += c;
          continue;
        }
        const escape = text[at];
        at += 1;
        const plain = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[escape];
        if (plain !== undefined) {
          out += plain;
        } else if (escape === "u" && /^[0-9a-fA-F]{4}$/.test(text.slice(at, at + 4))) {
          out += String.fromCharCode(parseInt(text.slice(at, at + 4), 16));
          at += 4;
        } else {
          refuse();
        }
      }
    }
    function value(depth) {
      if (depth > MAX_DEPTH || nodes >= MAX_NODES) refuse();
      nodes += 1;
      space();
      const c = text[at];
      if (c === '"') return { text: string() };
      for (const word of ["true", "false", "null"]) {
        if (text.startsWith(word, at)) {
          at += word.length;
          return { word };
        }
      }
      if (c !== "{" && c !== "[") {
        const [number] = /^[0-9+\-.eE]*/.exec(text.slice(at, at + 400));
        if (!/\d/.test(number)) refuse();
        at += number.length;
        return { number };
      }
      at += 1;
      const close = c === "{" ? "}" : "]";
      const members = [];
      space();
      if (eat(close)) return { [c === "{" ? "object" : "array"]: members };
      for (;;) {
        let key = "";
        if (c === "{") {
          space();
          key = string();
          space();
          if (!eat(":")) refuse();
        }
        members.push([key, value(depth + 1)]);
        space();
        if (eat(close)) return { [c === "{" ? "object" : "array"]: members };
        if (!eat(",")) refuse();
      }
    }
    try {
      space();
      if (text[at] !== "{") return null;
      const { object } = value(0);
      return { object, rest: text.slice(at) };
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  }

  /** The last member of a name, as most readers have it. */
  const get = (object, key) => object.findLast(([name]) => name === key)?.[1];
  const textOf = (object, key) => get(object, key)?.text ?? null;
  const statusOf = (object, key) => {
    const found = get(object, key);
    return STATUS(found?.number ?? found?.text ?? "");
  };
  const objectOf = (object, key) => get(object, key)?.object ?? null;

  const read = (envelope, shape, found) => ({
    envelope, shape, code: null, message: null, status: null, requestId: null, condition: null, params: [], signed: false,
    ...found,
  });

  const envelopes = () => globalThis.apigw.data.envelopes;

  /** The object in which the last key of a path is, and that key. */
  function inside(object, path) {
    let found = object;
    for (const key of path.slice(0, -1)) found = found && objectOf(found, key);
    return [found, path.at(-1)];
  }

  /** Reads a form that is told by its members; null if the body has another one. */
  function readForm(envelope, form, body) {
    if (form.only && body.some(([key]) => !form.only.includes(key))) return null;
    const at = (field, get) => {
      const [object, key] = form[field] ? inside(body, form[field]) : [null];
      return object ? get(object, key) : null;
    };
    const found = {
      code: at("code", textOf), message: at("message", textOf), requestId: at("requestId", textOf), status: at("status", statusOf),
    };
    const has = (field) => found[field] !== null;
    if (form.all ? !form.all.every(has) : !form.any.some(has)) return null;
    return read(envelope.name, form.own?.every(has) ? "own" : "shared", found);
  }

  /** RFC 9457, as a gateway of this project writes it. */
  function readProblem(body) {
    const [title, type, condition] = ["title", "type", "condition"].map((key) => textOf(body, key));
    if (title === null || (type === null && condition === null)) return null;
    const id = textOf(body, "instance");
    const known = ["type", "title", "status", "detail", "instance", "condition"];
    const params = body
      .filter(([key, value]) => !known.includes(key) && (value.text ?? value.number) !== undefined)
      .map(([key, value]) => [key, value.text ?? value.number]);
    return read("problem", condition === null ? "shared" : "own", {
      status: statusOf(body, "status"),
      message: textOf(body, "detail") ?? title,
      requestId: id?.startsWith("urn:request:") ? id.slice(12) : null,
      condition,
      params,
    });
  }

  const fresh = ({ name, described }) => read(name, described.distinctive ? "own" : "shared", {});

  /** Takes the values of a template's fields from a text; false if it does not fit. */
  function take(found, parts, text) {
    let rest = text;
    for (const [at, part] of parts.entries()) {
      const last = at + 1 === parts.length;
      if (typeof part === "string") {
        let literal = last ? trimEnd(part) : part;
        if (at === 0) literal = trimStart(literal);
        if (!rest.startsWith(literal)) return false;
        rest = rest.slice(literal.length);
        continue;
      }
      const next = parts[at + 1];
      let end = rest.length;
      if (typeof next === "string" && at + 2 === parts.length) {
        // The last literal stands at the end, so that a value may hold it too.
        const tail = trimEnd(next);
        end = rest.endsWith(tail) ? rest.length - tail.length : -1;
      } else if (typeof next === "string") {
        end = rest.indexOf(next);
      }
      if (end < 0) return false;
      const value = rest.slice(0, end) || null;
      rest = rest.slice(end);
      const [field] = part;
      if (field === "status") {
        found.status = STATUS(value ?? "");
        if (found.status === null) return false;
      } else if (field !== "retryAfter") {
        found[field] = value;
      }
    }
    return trim(rest) === "";
  }

  /** True if each member of the object, and of those in it that the template spells out, is one of the template's. */
  const hasNoOthers = (members, object, depth) =>
    object.every(([key, value]) => {
      const own = members.filter(([path]) => path[depth] === key);
      if (!own.some(([path]) => path.length > depth + 1) || !value.object) return own.length > 0;
      const inner = objectOf(object, key);
      return inner !== null && hasNoOthers(members, inner, depth + 1);
    });

  /** Reads a JSON body that a vendor's file describes; null if it has another form. */
  function readDescribed(envelope, body) {
    const { members } = envelope.described;
    if (!members.length || !hasNoOthers(members, body, 0)) return null;
    const found = fresh(envelope);
    const fits = members.every(([path, value]) => {
      const [object, key] = inside(body, path);
      const held = object ? get(object, key) : undefined;
      if (value === "any" && held) return true;
      if (value === "status" && held) return (found.status = statusOf(object, key)) !== null;
      if (typeof value === "string") return false;
      // Some responses are made where no id is known yet.
      if (!held) return value.length === 1 && value[0][0] === "requestId";
      return held.text !== undefined && take(found, value, held.text);
    });
    return fits ? found : null;
  }

  const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  function unescaped(text) {
    return text.replace(/&([^;&]*);/g, (whole, name) => {
      const number = /^#(?:[xX]([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
      if (!number) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : whole;
      const point = number[1] ? parseInt(number[1], 16) : Number(number[2]);
      const valid = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
      return valid ? String.fromCodePoint(point) : whole;
    });
  }

  /** Reads a body of another syntax that a vendor's file describes. */
  function readTemplate(envelope, text) {
    const { syntax, body } = envelope.described;
    // A template that is all field would take any text for its own.
    if (syntax === "json" || !body.some((part) => typeof part === "string" && trim(part))) return null;
    const found = fresh(envelope);
    if (!take(found, body, text)) return null;
    for (const field of ["code", "message", "requestId", "condition"]) {
      if (syntax === "xml" && found[field]) found[field] = unescaped(found[field]);
    }
    return found;
  }

  const KONG = [["server", "kong/"], ["via", "kong/"], ["x-kong-proxy-latency", ""], ["x-kong-request-id", ""]];

  function readPlain(body) {
    const inner = body.find(([, value]) => value.object);
    const found = { code: null, message: null, requestId: null, status: null };
    const lists = {
      code: ["code", "error_code", "errorCode", "errcode", "Code", "status", "reason"],
      message: ["message", "error_msg", "errorMessage", "errmsg", "msg", "Message", "error", "detail"],
      requestId: ["request_id", "requestId", "RequestId", "requestID", "req_id"],
    };
    // The last member of a name counts, here too.
    for (const object of [body, inner ? objectOf(body, inner[0]) : null].filter(Boolean)) {
      for (const [what, names] of Object.entries(lists)) {
        for (const name of names) found[what] ??= textOf(object, name);
      }
      for (const name of ["status", "statusCode", "httpStatus", "code"]) found.status ??= statusOf(object, name);
    }
    return read(null, "shared", found);
  }

  function readPage(page) {
    const find = (text, tag) => text.toLowerCase().indexOf(tag);
    const after = (text, tag) => (find(text, tag) < 0 ? null : text.slice(find(text, tag) + tag.length));
    const between = (text, open, close) => {
      const inside = after(text, open);
      return inside === null || find(inside, close) < 0 ? null : inside.slice(0, find(inside, close));
    };
    const rest = after(page, "<hr>");
    const foot = rest === null ? null : between(rest, "<center>", "</center>");
    const owner = foot === null ? undefined : envelopes().find((one) => one.foot && trim(foot).startsWith(one.foot));
    const title = trim(between(page, "<title>", "</title>") ?? between(page, "<h1>", "</h1>") ?? "");
    const status = STATUS(title.slice(0, 3));
    const message = status === null ? title : trim(title.slice(3));
    return read(owner?.name ?? null, owner ? "own" : "shared", { status, message: message || null, signed: Boolean(owner) });
  }

  /** The described forms of several members are more particular than the last of the others, which has one. */
  function readObject(object) {
    const own = envelopes().filter((one) => !one.described);
    const described = (several) => envelopes().filter((one) => one.described && one.described.members.length > 1 === several);
    for (const one of [...own.slice(0, -1), ...described(true), ...own.slice(-1), ...described(false)]) {
      let found = one.name === "problem" ? readProblem(object) : null;
      if (one.described) found = readDescribed(one, object);
      for (const form of one.bodies || []) found ??= readForm(one, form, object);
      if (found) return found;
    }
    return null;
  }

  /** The first code text of a text. A bare word such as `CONFLICT` counts only if it is all there is. */
  function findCode(text, isCode) {
    for (const match of text.matchAll(/[0-9A-Za-z_.\-]+/g)) {
      const word = match[0].replace(/^\.+|\.+$/g, "");
      const telling = /[_.]/.test(word) || word.length === trim(text).length;
      if (telling && word.length > 2 && isCode(word)) return [match.index + match[0].indexOf(word), word];
    }
    return null;
  }

  function readText(text, isCode) {
    let starts = 0;
    for (let at = text.indexOf("{"); at >= 0 && starts < 8; at = text.indexOf("{", at + 1)) {
      starts += 1;
      const found = readJson(text.slice(at));
      const body = found && readObject(found.object);
      if (body) return body;
    }
    const code = findCode(text, isCode);
    if (!code) return read(null, "bare", { message: text || null });
    const rest = text.slice(code[0] + code[1].length).replace(/^[ \t:,;\-|")\]]+/, "").replace(/[" ]+$/, "");
    return read(null, "bare", { code: code[1], message: text.startsWith("{") ? null : rest || null });
  }

  /** Reads a body of any form. */
  function readBody(whole, isCode) {
    const body = trim(whole.replace(/^\ufeff+/, ""));
    const json = readJson(body);
    if (json && trim(json.rest) === "") return readObject(json.object) || readPlain(json.object);
    for (const one of envelopes().filter(({ described }) => described)) {
      const found = readTemplate(one, body);
      if (found) return found;
    }
    return body.startsWith("<") ? readPage(body) : readText(body, isCode);
  }

  /** What the headers say; `headers` is a list of pairs. */
  function readHeaders(headers) {
    const value = ([name, start]) => {
      const found = headers.find(([key]) => key.toLowerCase() === name);
      const text = found && trim(found[1]);
      return text !== undefined && text.toLowerCase().startsWith(start.toLowerCase()) ? text : null;
    };
    const marked = {
      gateway: null, kong: false, requestId: null, upstream: false, answered: null, code: null, message: null,
    };
    for (const envelope of envelopes()) {
      for (const mark of envelope.marks) {
        const text = value(mark);
        if (text === null) continue;
        const says = mark[2];
        if (says === "gateway" || says === "id") marked.gateway ??= envelope.name;
        if (says === "id" || says === "common") marked.requestId ??= text || null;
        if (says === "upstream") marked.upstream = true;
        if (says === "answered") marked.answered = /^\+?\d{1,5}$/.test(text) && text <= 65535 ? Number(text) : "nothing";
        if (says === "code" || says === "message") marked[says] ??= text || null;
      }
    }
    marked.kong = KONG.some((mark) => value(mark) !== null);
    return marked;
  }

  const isKnown = (envelope) => envelopes().some((one) => one.name === envelope);

  globalThis.apigw.body = { readBody, readHeaders, isKnown, SPACE };
})();
