// The built site, served and opened: what all tests here share.

import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

/** The folder that `apigw-site build --out` wrote; `tests/run` names it. */
export const FOLDER = process.env.SITE ?? "site-out";

/** The same of a catalog with a vendor that no other crate knows. */
export const FOREIGN = process.env.FOREIGN_SITE ?? "foreign-site-out";

/** The site for a host, below a path. */
export const BASED = process.env.BASED_SITE ?? "based-site-out";

/** The site in one file. */
export const ARCHIVE = process.env.SITE_ARCHIVE ?? "site.tar.gz";

/** One page of each kind, below the language. */
export const KINDS = {
  overview: "",
  vendor: "huawei/",
  code: "huawei/throttling-threshold-reached/",
  "code with many parts": "tencent/no-api-matches-uri/",
  candidates: "codes/APIG.0201/",
  conditions: "conditions/",
  condition: "conditions/auth.signature/",
  statuses: "status/",
  status: "status/481/",
  "no status": "status/none/",
  filter: "codes/fault/client/",
  difference: "huawei/v1-v2/",
  compare: "compare/",
  checks: "checks/",
  decode: "decode/",
  search: "search/?q=nonce",
  about: "about/",
};

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json" };
// As strict as a host may be: nothing inline, nothing foreign.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'";

function serve(request, response) {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  const file = join(FOLDER, path.endsWith("/") ? path + "index.html" : path);
  if (!existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain", "content-security-policy": POLICY });
  createReadStream(file).pipe(response);
}

/** Starts a browser and a server around the tests of a file; returns what opens pages. */
export function browser() {
  let running, server, base;
  before(async () => {
    server = createServer(serve).listen(0, "127.0.0.1");
    await new Promise((done) => server.on("listening", done));
    base = `http://127.0.0.1:${server.address().port}/`;
    running = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
  });
  after(async () => {
    await running?.close();
    server?.close();
  });

  /** Opens a path in a window of its own, and hands over the page and everything that went wrong on it. */
  return async function open(path, options = {}) {
    const { width = 1440, policy = true, from = base, ...rest } = options;
    const context = await running.newContext({ viewport: { width, height: 900 }, bypassCSP: !policy, ...rest });
    const page = await context.newPage();
    const problems = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => request.url().startsWith(from) || problems.push(`foreign: ${request.url()}`));
    await page.goto(from + path);
    return { page, problems, close: () => context.close() };
  };
}
