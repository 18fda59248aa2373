// Reading responses in the page: the same results as the library's decoder, from a server and from a folder on disk.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { FOLDER, FOREIGN, browser } from "./site.js";

const open = browser();
const read = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
const cases = read("../data/decode-cases.json");
const described = read("../fixtures/azure-apim/tests/decode-cases.json");

/** Runs in the page. */
function decodeAll(all) {
  const plain = (one) => ({
    vendor: one.code.vendor.id,
    id: one.code.id,
    params: Object.fromEntries(one.params),
    detail: one.detail,
    editions: one.editions,
    condition: one.condition.id,
    origin: one.origin,
    confidence: one.confidence,
    commonplace: one.commonplace,
  });
  return all.map(({ status, headers, body }) => {
    const found = globalThis.apigw.decode(status, headers, body);
    return {
      candidates: found.candidates.map(plain),
      stand_ins: found.standIns.map(({ vendor, conditions, ...one }) => ({
        ...one,
        vendor: vendor.id,
        conditions: conditions.map(({ id }) => id),
      })),
      request_id: found.requestId,
      envelope: found.envelope,
      code: found.code,
      message: found.message,
      status: found.status,
      condition: found.condition?.id ?? null,
      origin: found.origin,
    };
  });
}

test("the shared cases", async () => {
  const { page, problems, close } = await open("en/decode/");
  const found = await page.evaluate(decodeAll, cases);
  cases.forEach(({ name, expect }, at) => assert.deepEqual(found[at], expect, name));
  assert.ok(cases.length >= 60);
  assert.deepEqual(problems, []);
  await close();
});

test("the cases of a vendor that only its own catalog knows", async () => {
  const from = pathToFileURL(resolve(FOREIGN)).href + "/";
  const { page, problems, close } = await open("en/decode/index.html", { from });
  const found = await page.evaluate(decodeAll, described);
  described.forEach(({ name, expect }, at) => assert.deepEqual(found[at], expect, name));
  await page.fill("#response", 'HTTP/1.1 400 Bad Request\napim-request-id: 1\n\n{ "statusCode": 400, "message": "Bad Request" }');
  await page.locator(".candidate", { hasText: "no table has a row" }).first().waitFor();
  assert.deepEqual(problems, []);
  await close();
});

test("pasted, from a folder on disk", async () => {
  const from = pathToFileURL(resolve(FOLDER)).href + "/";
  const { page, problems, close } = await open("zh/decode/index.html", { from });
  const first = () => page.locator(".candidate").first();
  const pastes = [
    ["APIG.0308", "APIG.0308"],
    ['HTTP/1.1 429 Too Many Requests\r\nServer: api-gateway\r\n\r\n{"error_msg":"The throttling threshold has been reached.","error_code":"APIG.0308","request_id":"1"}', "确定"],
    ['10.0.0.1 - - "GET / HTTP/1.1" 404 12 "{\\"message\\":\\"There is no api match uri[\\/v1\\/tool]\\"}"', "/v1/tool"],
    ["< HTTP/1.1 403 Forbidden\n< server: jfe\n<\n{\"requestId\":\"x\",\"error\":{\"status\":\"APIGW_NONCE_CONFLICT\",\"code\":403,\"message\":\"重复访问 [gw]\"}}\n* Connection #0 left intact", "APIGW_NONCE_CONFLICT"],
    ["time=12:00 level=warn msg=upstream status=401 body: HMAC signature does not match", "HMAC signature does not match"],
  ];
  for (const [paste, wanted] of pastes) {
    await page.fill("#response", "");
    await first().waitFor({ state: "detached" });
    await page.fill("#response", paste);
    await first().waitFor();
    assert.ok((await first().textContent()).includes(wanted), `${paste}\n${await first().textContent()}`);
  }
  await page.fill("#response", "hello");
  await page.waitForFunction(() => document.getElementById("outcome").textContent.includes("没有吻合"));
  await page.locator("[data-example]").first().click();
  await first().locator("a").first().click();
  await page.waitForSelector("#remedy");
  assert.deepEqual(problems, []);
  await close();
});

test("search works from a folder on disk, too", async () => {
  const from = pathToFileURL(resolve(FOLDER)).href + "/";
  const { page, problems, close } = await open("en/index.html", { from });
  await page.fill(".find input", "APIG.0203");
  await page.waitForSelector('[role="option"]');
  await page.keyboard.press("Enter");
  await page.waitForURL(/backend-timeout\/index\.html/);
  assert.deepEqual(problems, []);
  await close();
});
