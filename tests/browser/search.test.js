// Searching in the head of every page, with the keyboard alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browser } from "./site.js";

const open = browser();

/** What is typed, and what has to be among the first results: the end of an address. */
const QUERIES = [
  ["APIG.0308", 1, "huawei/throttling-threshold-reached/"],
  ["apig0308", 1, "huawei/throttling-threshold-reached/"],
  ["0308", 1, "huawei/throttling-threshold-reached/"],
  ["308", 1, "huawei/throttling-threshold-reached/"],
  ["APIG.308", 1, "huawei/throttling-threshold-reached/"],
  ["NONCE_CONFLICT", 1, "jdcloud/nonce-conflict/"],
  ["nonce conflict", 1, "jdcloud/nonce-conflict/"],
  ["APIGW_NONCE_CONFILCT", 3, "jdcloud/nonce-conflict/"],
  ["429", 1, "status/429/"],
  ["481", 1, "status/481/"],
  ["There is no api match uri[/v1/users?id=7]", 1, "tencent/no-api-matches-uri/"],
  ["header X-Token is required", 1, "tencent/header-required/"],
  ["The throttling threshold has been reached: policy ip over ratelimit,limit:5,time:1 minute", 1, "huawei/throttling-threshold-reached/"],
  ['{"message":"API rate limit exceeded"}', 1, "tencent/api-rate-limit-exceeded/"],
  ["请求过于频繁", 2, "jdcloud/rate-limit-exceeded/"],
  ["重复访问", 3, "jdcloud/nonce-conflict/"],
  ["签名 有效窗口", 4, "conditions/auth.signature.expired/"],
  ["后端 超时", 8, "conditions/backend.timeout/"],
  ["nonce 重放", 4, "jdcloud/nonce-conflict/"],
  ["APIG 后端超时", 8, "huawei/backend-timeout/"],
  ["throtling treshold", 2, "huawei/throttling-threshold-reached/"],
  ["backend tiemout", 6, "huawei/backend-timeout/"],
  ["signature expired", 6, "conditions/auth.signature.expired/"],
];

const links = (page) => page.$$eval("#results a", (all) => all.map((one) => new URL(one.href).pathname.replace(/index\.html$/, "").replace(/^\/(en|zh)\//, "")));

for (const lang of ["en", "zh"]) {
  test(`queries, ${lang}`, async () => {
    const { page, problems, close } = await open(`${lang}/search/`);
    const misses = [];
    for (const [query, within, wanted] of QUERIES) {
      await page.goto(new URL(`?q=${encodeURIComponent(query)}`, page.url()).href);
      await page.waitForFunction(() => document.getElementById("results").childElementCount || document.getElementById("results").textContent);
      const found = await links(page);
      const place = found.indexOf(wanted) + 1;
      if (!place || place > within) misses.push(`${query}: ${wanted} at ${place}, first are ${found.slice(0, 4).join(" ")}`);
    }
    assert.deepEqual(misses, []);
    assert.deepEqual(problems, []);
    await close();
  });
}

test("the keyboard does it all", async () => {
  const { page, problems, close } = await open("en/about/");
  assert.equal(await page.evaluate(() => Boolean(globalThis.apigw.data)), false, "data is loaded on first use");
  await page.keyboard.press("/");
  await page.keyboard.type("apig.0201");
  await page.waitForSelector('[role="option"][aria-selected="true"]');
  assert.ok((await page.locator('[role="option"]').count()) > 1);
  const chosen = () => page.getAttribute(".find input", "aria-activedescendant");
  assert.equal(await chosen(), "found-0");
  await page.keyboard.press("ArrowDown");
  assert.equal(await chosen(), "found-1");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.notEqual(await chosen(), "found-0", "up from the first leads to the last");
  await page.keyboard.press("Escape");
  assert.equal(await page.isVisible(".found"), false);
  await page.keyboard.press("Control+A");
  await page.keyboard.type("nonce_conflict");
  await page.waitForFunction(() => document.querySelector('[aria-selected="true"]')?.textContent.includes("NONCE_CONFLICT"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/nonce-conflict/);
  assert.deepEqual(problems, []);
  await close();
});

test("the key can be turned off, and stays off", async () => {
  const { page, close } = await open("en/search/");
  await page.uncheck("#keys input");
  await page.goto(new URL("../about/index.html", page.url()).href);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BODY");
  await close();
});
