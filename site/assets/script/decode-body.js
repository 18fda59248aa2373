// What a body of a response holds, and what its headers tell: `catalog/src/decode/envelope/` in the page's own language.
//
// The envelopes are named as the library's decoder names them; vendors name theirs in the catalog.
(function () {
  "use strict";

  const { SPACE, trim } = globalThis.apigw.reading;
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

  /** The envelopes in the order in which a body is offered to them: the most particular form first. */
  const ENVELOPES = [
    {
      name: "huawei",
      marks: [
        ["server", "api-gateway", "gateway"],
        ["x-apig-latency", "", "gateway"],
        ["x-apig-upstream-latency", "", "upstream"],
        ["x-request-id", "", "common"],
      ],
      read(body) {
        const code = textOf(body, "error_code");
        if (code === null) return null;
        return read(this.name, "own", { code, message: textOf(body, "error_msg"), requestId: textOf(body, "request_id") });
      },
    },
    {
      name: "jdcloud",
      marks: [
        ["x-jdcloud-request-id", "", "id"],
        ["via", "jd-gateway/", "gateway"],
        ["server", "jfe", "gateway"],
        ["x-jdcloud-operationid", "", "gateway"],
        ["x-jdcloud-upstream-latency", "", "upstream"],
      ],
      read(body) {
        const error = objectOf(body, "error");
        if (!error) return null;
        const [code, message, requestId] = [textOf(error, "status"), textOf(error, "message"), textOf(body, "requestId")];
        if (code === null && message === null) return null;
        const shape = requestId !== null && code !== null ? "own" : "shared";
        return read(this.name, shape, { code, message, requestId, status: statusOf(error, "code") });
      },
    },
    {
      name: "problem",
      marks: [],
      read(body) {
        const [title, type, condition] = ["title", "type", "condition"].map((key) => textOf(body, key));
        if (title === null || (type === null && condition === null)) return null;
        const id = textOf(body, "instance");
        const known = ["type", "title", "status", "detail", "instance", "condition"];
        const params = body
          .filter(([key, value]) => !known.includes(key) && (value.text ?? value.number) !== undefined)
          .map(([key, value]) => [key, value.text ?? value.number]);
        return read(this.name, condition === null ? "shared" : "own", {
          status: statusOf(body, "status"),
          message: textOf(body, "detail") ?? title,
          requestId: id?.startsWith("urn:request:") ? id.slice(12) : null,
          condition,
          params,
        });
      },
    },
    {
      name: "tencent",
      marks: [
        ["server", "apigw/", "gateway"],
        ["x-api-requestid", "", "id"],
        ["x-api-id", "api-", "gateway"],
        ["x-service-ratelimit", "", "gateway"],
        ["x-usageplan-ratelimit", "", "gateway"],
        ["x-api-upstreamstatus", "", "answered"],
      ],
      read(body) {
        const error = textOf(body, "error");
        if (get(body, "errno")?.number !== undefined && error !== null) {
          return read(this.name, "shared", { status: statusOf(body, "errno"), message: error });
        }
        if (body.some(([key]) => key !== "message" && key !== "request_id")) return null;
        const message = textOf(body, "message");
        return message === null ? null : read(this.name, "shared", { message, requestId: textOf(body, "request_id") });
      },
    },
  ];

  /** First words of the last line of a gateway's own error page. */
  const FOOTS = [["apigw/", "tencent"], ["jfe", "jdcloud"]];

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
    const owner = foot === null ? undefined : FOOTS.find(([start]) => trim(foot).startsWith(start));
    const title = trim(between(page, "<title>", "</title>") ?? between(page, "<h1>", "</h1>") ?? "");
    const status = STATUS(title.slice(0, 3));
    const message = status === null ? title : trim(title.slice(3));
    return read(owner?.[1] ?? null, owner ? "own" : "shared", { status, message: message || null, signed: Boolean(owner) });
  }

  const readObject = (object) => {
    for (const envelope of ENVELOPES) {
      const found = envelope.read(object);
      if (found) return found;
    }
    return null;
  };

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
    return body.startsWith("<") ? readPage(body) : readText(body, isCode);
  }

  /** What the headers say; `headers` is a list of pairs. */
  function readHeaders(headers) {
    const value = ([name, start]) => {
      const found = headers.find(([key]) => key.toLowerCase() === name);
      const text = found && trim(found[1]);
      return text !== undefined && text.toLowerCase().startsWith(start) ? text : null;
    };
    const marked = { gateway: null, kong: false, requestId: null, upstream: false, answered: null };
    for (const envelope of ENVELOPES) {
      for (const mark of envelope.marks) {
        const text = value(mark);
        if (text === null) continue;
        const says = mark[2];
        if (says === "gateway" || says === "id") marked.gateway ??= envelope.name;
        if (says === "id" || says === "common") marked.requestId ??= text || null;
        if (says === "upstream") marked.upstream = true;
        if (says === "answered") marked.answered = /^\+?\d{1,5}$/.test(text) && text <= 65535 ? Number(text) : "nothing";
      }
    }
    marked.kong = KONG.some((mark) => value(mark) !== null);
    return marked;
  }

  const isKnown = (envelope) => ENVELOPES.some((one) => one.name === envelope);

  globalThis.apigw.body = { readBody, readHeaders, isKnown, SPACE };
})();
