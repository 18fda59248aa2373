// HTML as the standard has it, on every kind of page; and what all scripts of a page weigh.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { HtmlValidate } from "html-validate";
import { FOLDER, KINDS } from "./site.js";

const validator = new HtmlValidate({
  extends: ["html-validate:recommended", "html-validate:document"],
  rules: {
    // Ids such as `huawei.BackendTimeout` and `checks::rate` are the names themselves.
    "valid-id": ["error", { relaxed: true }],
    // A search box is sent by Enter, and the other forms are read while one types.
    "wcag/h32": "off",
    // Matters of style that the templates decide otherwise.
    "doctype-style": "off",
    "long-title": "off",
    "no-trailing-whitespace": "off",
    "attribute-boolean-style": "off",
    // Addresses are relative, so that the site works under any path.
    "require-sri": "off",
  },
});

const pages = ["en", "zh"].flatMap((lang) => Object.values(KINDS).map((path) => `${lang}/${path.split("?")[0]}index.html`));

test("every kind of page is valid", async () => {
  const told = new Map();
  for (const path of [...pages, "index.html", "404.html", "APIG.0308/index.html"]) {
    const report = await validator.validateString(readFileSync(join(FOLDER, path), "utf8"));
    for (const { messages } of report.results) {
      for (const { line, column, ruleId, message } of messages) told.set(`${ruleId}: ${message}`, `${path}:${line}:${column}`);
    }
  }
  assert.deepEqual([...told].slice(0, 40), []);
});

test("titles tell pages apart", () => {
  for (const lang of ["en", "zh"]) {
    const seen = new Map();
    for (const entry of readdirSync(join(FOLDER, lang), { recursive: true })) {
      if (!entry.endsWith("index.html")) continue;
      const [, title] = /<title>(.*?)<\/title>/s.exec(readFileSync(join(FOLDER, lang, entry), "utf8"));
      assert.ok(!seen.has(title), `${entry} and ${seen.get(title)}: ${title}`);
      seen.set(title, entry);
    }
  }
});

test("a page loads 15 KB of our own scripts at most, search included, and 60 of data", () => {
  const read = (name) => readFileSync(join(FOLDER, "assets", name));
  const size = (names) => gzipSync(Buffer.concat(names.map(read)), { level: 9 }).length;
  // The search box fetches what it needs when it is first used.
  const searching = ["reading.js", "search.js"];
  const kinds = new Map();
  for (const path of pages) {
    const found = [...readFileSync(join(FOLDER, path), "utf8").matchAll(/<script src="[^"]*\/([a-z]+\.js)"/g)];
    const names = [...new Set([...found.map(([, name]) => name), ...searching])].filter((name) => name !== "data.js");
    kinds.set(names.sort().join(" "), path);
  }
  assert.ok(kinds.size > 1);
  for (const [names, path] of kinds) {
    const weight = size(names.split(" "));
    assert.ok(weight <= 15 * 1024, `${path}: ${weight} bytes of ${names}`);
  }
  assert.ok(size(["data.js"]) <= 60 * 1024, `${size(["data.js"])}`);
});
